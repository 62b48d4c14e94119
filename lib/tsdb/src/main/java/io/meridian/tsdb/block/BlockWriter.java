package io.meridian.tsdb.block;

import io.meridian.model.Labels;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.index.IndexWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes one block into a local directory, or straight into a bucket: segments and index while series come, meta.json
/// last, so that a block with a meta.json is complete. Memory does not grow with samples. Nothing local is forced to
/// the disk: a block is made to be uploaded, and the bucket is where it must outlive a failure of power.
public final class BlockWriter implements AutoCloseable {
    private final @Nullable Path directory;
    private final @Nullable BlockObjectsWriter objects;
    private final ChunkWriter chunks;
    private final IndexWriter index;
    private long[] refs = new long[256];
    private long[] minMs = new long[256];
    private long[] maxMs = new long[256];
    /// Chunks of the series at hand.
    private int count;

    private long sampleCount;
    private long floatCount;
    private long histogramCount;
    private long chunkCount;
    private long chunkBytesMax;
    private long firstMs = Long.MAX_VALUE;
    private long lastMs = Long.MIN_VALUE;

    /// What was written.
    ///
    /// @param firstMs      time of the first sample, in milliseconds; above `lastMs` if there is none
    /// @param lastMs       time of the last sample, inclusive
    /// @param segmentFiles names below `chunks/`
    public record Summary(
            BlockMeta.Stats stats,
            BlockMeta.IndexStats indexStats,
            List<String> segmentFiles,
            long firstMs,
            long lastMs) {
        public Summary {
            segmentFiles = List.copyOf(segmentFiles);
        }
    }

    /// @param directory is created; must not have an index yet
    /// @param symbols   all names and values of labels to come, ascending in byte order; more are no harm. Use
    ///                  [io.meridian.tsdb.index.SymbolUnion] or [SymbolCollector] to have them
    public BlockWriter(Path directory, Iterable<String> symbols) throws IOException {
        this(directory, symbols, ChunkFormat.SEGMENT_BYTES_MAX);
    }

    /// @param segmentBytesMax length of a segment that is not passed if it holds more than one chunk
    public BlockWriter(Path directory, Iterable<String> symbols, long segmentBytesMax) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.objects = null;
        this.chunks = new ChunkWriter(directory.resolve("chunks"), segmentBytesMax);
        this.index = new IndexWriter(directory.resolve(BlockFiles.INDEX));
        addSymbols(symbols);
    }

    /// Writes into a bucket; nothing of it is a block before [BlockUpload#commit].
    ///
    /// @param scratch         an own local directory for temporary files: symbols, and labels of series
    /// @param withHashes      whether the meta data is to list SHA-256 sums
    /// @param postingsRefsMax references of series held at once while postings are written, 4 bytes each
    /// @param symbols         as above
    public BlockWriter(
            Bucket bucket, BlockId id, Path scratch, boolean withHashes, int postingsRefsMax, Iterable<String> symbols)
            throws IOException {
        this.directory = null;
        var written = new BlockObjectsWriter(bucket, id, withHashes);
        this.objects = written;
        this.chunks = new ChunkWriter(name -> written.open(ChunkFormat.FOLDER + name), ChunkFormat.SEGMENT_BYTES_MAX);
        this.index = new IndexWriter(
                written.open(BlockFiles.INDEX), Files.createDirectories(scratch).resolve("index."), postingsRefsMax);
        addSymbols(symbols);
    }

    private void addSymbols(Iterable<String> symbols) throws IOException {
        for (String symbol : symbols) {
            index.addSymbol(symbol);
        }
    }

    /// Bytes of the temporary files so far.
    public long spoolBytes() {
        return index.spoolBytes();
    }

    /// Adds a series. Nothing happens if it has no chunks.
    ///
    /// @param own ascending by time, not overlapping
    /// @throws IllegalArgumentException if the labels do not come after those before
    public void add(Labels labels, List<? extends Chunk> own) throws IOException {
        if (!own.isEmpty()) {
            write(own);
            index.addSeries(labels, count, minMs, maxMs, refs);
        }
    }

    /// As above, with the labels as numbers of symbols.
    ///
    /// @param symbols names and values in turn, by their position among the symbols given before
    public void add(int[] symbols, int from, int to, List<? extends Chunk> own) throws IOException {
        if (!own.isEmpty()) {
            write(own);
            index.addSeries(symbols, from, to, count, minMs, maxMs, refs);
        }
    }

    private void write(List<? extends Chunk> own) throws IOException {
        begin();
        ensure(own.size());
        for (Chunk chunk : own) {
            minMs[count] = chunk.minMs();
            maxMs[count++] = chunk.maxMs();
            countSamples(chunk);
        }
        chunks.write(own, refs);
        countChunks();
    }

    /// Begins a series whose chunks are copied, by [#copy].
    public void begin() {
        count = 0;
        chunks.beginSeries();
    }

    /// Adds records `from .. to - 1` to the series, as they are. They come after those before.
    public void copy(ChunkRecords records, int from, int to) throws IOException {
        ensure(count + to - from);
        chunks.copy(records, from, to, refs, count);
        for (int i = from; i < to; i++) {
            minMs[count] = records.minMs(i);
            maxMs[count++] = records.maxMs(i);
            countSamples(records.encoding(i), records.sampleCount(i));
        }
    }

    /// Ends the series begun before, with its labels as above.
    public void end(int[] symbols, int from, int to) throws IOException {
        countChunks();
        index.addSeries(symbols, from, to, count, minMs, maxMs, refs);
    }

    private void ensure(int chunkCountMin) {
        if (chunkCountMin > refs.length) {
            refs = Arrays.copyOf(refs, 2 * chunkCountMin);
            minMs = Arrays.copyOf(minMs, 2 * chunkCountMin);
            maxMs = Arrays.copyOf(maxMs, 2 * chunkCountMin);
        }
    }

    private void countChunks() {
        chunkCount += count;
        for (int i = 0; i < count; i++) {
            firstMs = Math.min(firstMs, minMs[i]);
            lastMs = Math.max(lastMs, maxMs[i]);
        }
        // Thanos looks at all but the last two chunks of a series
        for (int i = 0; i < count - 2; i++) {
            if (ChunkFormat.segment(refs[i]) == ChunkFormat.segment(refs[i + 1])) {
                chunkBytesMax = Math.max(chunkBytesMax, refs[i + 1] - refs[i]);
            }
        }
    }

    private void countSamples(Chunk chunk) {
        switch (chunk) {
            case AggregateChunk aggregate -> countSamples(ChunkEncoding.AGGREGATE, ChunkSampleCount.of(aggregate));
            case EncodedChunk encoded -> countSamples(encoded.encoding(), ChunkSampleCount.of(encoded));
        }
    }

    private void countSamples(ChunkEncoding encoding, int samples) {
        sampleCount += samples;
        if (encoding.isHistogram()) {
            histogramCount += samples;
        } else if (encoding != ChunkEncoding.AGGREGATE) {
            floatCount += samples;
        }
    }

    /// Bytes in the heap that grow with series and label pairs.
    public long retainedBytes() {
        return index.retainedBytes();
    }

    /// Number of series so far.
    public long seriesCount() {
        return index.seriesCount();
    }

    /// Ends segments and index.
    public Summary finish() throws IOException {
        chunks.finishLater();
        index.finish();
        chunks.finish();
        return new Summary(
                new BlockMeta.Stats(sampleCount, floatCount, histogramCount, index.seriesCount(), chunkCount, 0),
                new BlockMeta.IndexStats(index.seriesBytesMax(), chunkBytesMax),
                chunks.names(),
                firstMs,
                lastMs);
    }

    /// Writes meta.json, after [#finish], which makes the block in the directory complete. A block in a bucket is made
    /// complete by [BlockUpload#commit], with the [#files] that are there.
    public void commit(BlockMeta meta) throws IOException {
        if (directory != null) {
            writeMeta(directory, meta);
        }
    }

    /// What was written into the bucket, after [#finish]; empty for a directory.
    public List<BlockMeta.FileEntry> files() {
        return objects == null ? List.of() : objects.files();
    }

    /// Writes or replaces the meta.json of a local block in one step.
    public static void writeMeta(Path directory, BlockMeta meta) throws IOException {
        Path target = directory.resolve(BlockMeta.FILE);
        Path temporary = directory.resolve(BlockMeta.FILE + ".tmp");
        Files.write(temporary, meta.encode());
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        try (chunks;
                index) {
            // both, whatever happens to the first
        }
    }
}
