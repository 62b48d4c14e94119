package io.meridian.tsdb.block;

import io.meridian.model.Labels;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.FloatHistogramChunk;
import io.meridian.model.chunk.HistogramChunk;
import io.meridian.model.chunk.Xor2Chunk;
import io.meridian.model.chunk.XorChunk;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.index.IndexWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    ///                  [SymbolMerger] or [SymbolCollector] to have them
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
        if (own.isEmpty()) {
            return;
        }
        int count = own.size();
        if (count > refs.length) {
            refs = new long[2 * count];
            minMs = new long[2 * count];
            maxMs = new long[2 * count];
        }
        for (int i = 0; i < count; i++) {
            Chunk chunk = own.get(i);
            minMs[i] = chunk.minMs();
            maxMs[i] = chunk.maxMs();
            firstMs = Math.min(firstMs, minMs[i]);
            lastMs = Math.max(lastMs, maxMs[i]);
            countSamples(chunk);
        }
        chunks.write(own, refs);
        chunkCount += count;
        // Thanos looks at all but the last two chunks of a series
        for (int i = 0; i < count - 2; i++) {
            if (ChunkFormat.segment(refs[i]) == ChunkFormat.segment(refs[i + 1])) {
                chunkBytesMax = Math.max(chunkBytesMax, refs[i + 1] - refs[i]);
            }
        }
        index.addSeries(labels, count, minMs, maxMs, refs);
    }

    private void countSamples(Chunk chunk) {
        switch (chunk) {
            case AggregateChunk aggregate -> {
                var counts = aggregate.part(Aggregate.COUNT);
                sampleCount += counts == null ? 0 : samples(counts);
            }
            case EncodedChunk encoded
            when encoded.encoding() == ChunkEncoding.AGGREGATE ->
                countSamples(AggregateChunk.parse(
                        encoded.minMs(), encoded.maxMs(), 0, encoded.array(), encoded.offset(), encoded.length()));
            case EncodedChunk encoded -> {
                int count = samples(encoded);
                sampleCount += count;
                if (encoded.encoding().isHistogram()) {
                    histogramCount += count;
                } else {
                    floatCount += count;
                }
            }
        }
    }

    private static int samples(EncodedChunk chunk) {
        byte[] data = chunk.array();
        int offset = chunk.offset();
        int length = chunk.length();
        return switch (chunk.encoding()) {
            case XOR -> XorChunk.sampleCount(data, offset, length);
            case XOR2 -> Xor2Chunk.sampleCount(data, offset, length);
            case HISTOGRAM, HISTOGRAM_ST -> HistogramChunk.sampleCount(chunk.encoding(), data, offset, length);
            case FLOAT_HISTOGRAM, FLOAT_HISTOGRAM_ST ->
                FloatHistogramChunk.sampleCount(chunk.encoding(), data, offset, length);
            case AGGREGATE -> throw new IllegalArgumentException("an aggregate within an aggregate");
        };
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
        chunks.finish();
        index.finish();
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
