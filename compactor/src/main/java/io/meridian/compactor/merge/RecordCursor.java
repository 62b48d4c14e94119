package io.meridian.compactor.merge;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.ChunkRecords;
import io.meridian.tsdb.index.Postings;
import io.meridian.tsdb.index.SeriesColumns;
import io.meridian.tsdb.index.SymbolUnion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All series of a block in the order stored, without deleted samples: labels as numbers of symbols, chunks as the
/// records that lie in the segments. Reads some hundred series at once, so that chunks come in large ranges, and the
/// next ones meanwhile on a thread of its own; memory is bounded by that, and is used again and again.
public final class RecordCursor implements AutoCloseable {
    private static final int REFS_MIN = 16;
    private static final int REFS_MAX = 512;
    /// What a series and the places of its chunks take.
    private static final int ENTRY_BYTES_GUESS = 8 << 10;
    /// Of a chunk that the next one does not follow at once.
    private static final int CHUNK_BYTES_GUESS = 600;

    private static final int CHUNK_BYTES_PLAUSIBLE = 64 << 10;

    private final Block block;
    private final int source;
    private final SymbolUnion union;
    private final QueryContext context;
    private final TombstoneFilter filter = new TombstoneFilter();
    private final int readBytes;

    // Of the thread that reads ahead.
    private final Postings postings;
    private final long[] refs;
    private SeriesColumns columns = new SeriesColumns();
    private SeriesColumns otherColumns = new SeriesColumns();
    private int nextSeries;
    private int[] lastLabels = new int[0];
    private boolean anySeries;
    private boolean anyAggregate;
    private long seriesSeen;
    private long chunksSeen;

    private @Nullable Background<Batch> ahead;
    private Batch batch = new Batch();
    private Batch spare = new Batch();
    private int at;
    private @Nullable List<EncodedChunk> rewritten;
    private long samplesRemoved;

    /// Series `from .. to - 1` and their chunks; none at the end.
    private static final class Batch {
        final ChunkRecords records = new ChunkRecords();
        SeriesColumns series = new SeriesColumns();
        int from;
        int to;
        int firstChunk;
    }

    /// @param source       the block's number among those that `union`, read, has the symbols of
    /// @param readBytesMax about how many bytes of chunks are held at once: those at hand, and the next ones
    public RecordCursor(Block block, int source, SymbolUnion union, int readBytesMax, QueryContext context)
            throws IOException {
        this.block = block;
        this.source = source;
        this.union = union;
        this.context = context;
        this.readBytes = readBytesMax / 2;
        this.refs = new long[Math.clamp(readBytes / ENTRY_BYTES_GUESS, REFS_MIN, REFS_MAX)];
        this.postings = block.index().select(List.of(), context);
        readAhead();
    }

    private void readAhead() {
        Batch target = spare;
        ahead = Background.start("read-ahead", () -> read(target));
    }

    /// Moves to the next series that has chunks.
    public boolean next() throws IOException {
        while (true) {
            if (++at >= batch.to && !takeBatch()) {
                return false;
            }
            var deleted = block.tombstones().of(batch.series.ref(at));
            if (deleted.isEmpty()) {
                rewritten = null;
                samplesRemoved = 0;
                return true;
            }
            var kept = filter.apply(stored(), deleted);
            rewritten = kept;
            samplesRemoved = filter.takeRemoved();
            if (!kept.isEmpty()) {
                checkChunks(kept);
                return true;
            }
        }
    }

    private boolean takeBatch() throws IOException {
        if (ahead == null) {
            return false;
        }
        Batch read = ahead.result();
        spare = batch;
        batch = read;
        at = batch.from;
        if (batch.from == batch.to) {
            ahead = null;
            return false;
        }
        readAhead();
        return true;
    }

    // ---- ahead

    private Batch read(Batch target) throws IOException {
        target.from = 0;
        target.to = 0;
        while (nextSeries == columns.size()) {
            int count = postings.fill(refs);
            if (count == 0) {
                StoredCounts.check(block.meta(), seriesSeen, chunksSeen, anyAggregate);
                return target;
            }
            // the other ones are those of the batch at hand
            SeriesColumns next = otherColumns;
            otherColumns = columns;
            columns = next;
            block.index().series(refs, 0, count, columns, context);
            union.translate(source, columns);
            nextSeries = 0;
        }
        target.series = columns;
        target.from = nextSeries;
        long bytes = 0;
        while (nextSeries < columns.size() && (nextSeries == target.from || bytes < readBytes)) {
            bytes += chunkBytes(nextSeries++);
        }
        target.to = nextSeries;
        target.firstChunk = columns.chunksFrom(target.from);
        block.chunks().read(columns, target.from, target.to, target.records, context);
        for (int series = target.from; series < target.to; series++) {
            checkSeries(target, series);
        }
        return target;
    }

    private long chunkBytes(int series) {
        long[] chunkRefs = columns.chunkRefs();
        int end = columns.chunksTo(columns.size() - 1);
        long bytes = 0;
        for (int i = columns.chunksFrom(series); i < columns.chunksTo(series); i++) {
            long distance = i + 1 < end ? chunkRefs[i + 1] - chunkRefs[i] : 0;
            bytes += distance > 0 && distance < CHUNK_BYTES_PLAUSIBLE ? distance : CHUNK_BYTES_GUESS;
        }
        return bytes;
    }

    /// What is out of order here cannot be merged or downsampled: the result would be wrong, or unreadable.
    private void checkSeries(Batch read, int series) {
        int[] symbols = columns.symbols();
        int from = columns.symbolsFrom(series);
        int to = columns.symbolsTo(series);
        if (anySeries && Arrays.compare(symbols, from, to, lastLabels, 0, lastLabels.length) <= 0) {
            throw corrupt("series " + labels(read, series) + " comes after "
                    + union.labels(source, lastLabels, 0, lastLabels.length));
        }
        if (lastLabels.length != to - from) {
            lastLabels = new int[to - from];
        }
        System.arraycopy(symbols, from, lastLabels, 0, to - from);
        anySeries = true;
        seriesSeen++;
        chunksSeen += columns.chunksTo(series) - columns.chunksFrom(series);
        var records = read.records;
        int firstChunk = columns.chunksFrom(series) - read.firstChunk;
        int lastChunk = columns.chunksTo(series) - read.firstChunk - 1;
        for (int i = firstChunk; i <= lastChunk; i++) {
            if (records.encoding(i) == ChunkEncoding.AGGREGATE) {
                anyAggregate = true;
                if (block.meta().thanos().resolutionMs() == 0) {
                    throw corrupt(
                            "series " + labels(read, series) + " has downsampled chunks in a block of raw samples");
                }
            }
        }
        if (block.tombstones().of(columns.ref(series)).isEmpty()) {
            for (int i = firstChunk; i <= lastChunk; i++) {
                boolean early = i > firstChunk && records.minMs(i) <= records.maxMs(i - 1);
                if (early || records.minMs(i) > records.maxMs(i)) {
                    throw outOfOrder(read, series, records.minMs(i), i == firstChunk ? 0 : records.maxMs(i - 1));
                }
            }
            checkRange(read, series, records.minMs(firstChunk), records.maxMs(lastChunk));
        }
    }

    /// As above, of what deletions have left of a series.
    private void checkChunks(List<EncodedChunk> chunks) {
        long endMs = 0;
        boolean isFirst = true;
        for (var chunk : chunks) {
            if (chunk.minMs() > chunk.maxMs() || !isFirst && chunk.minMs() <= endMs) {
                throw outOfOrder(batch, at, chunk.minMs(), endMs);
            }
            endMs = chunk.maxMs();
            isFirst = false;
        }
        checkRange(batch, at, chunks.getFirst().minMs(), endMs);
    }

    private CorruptDataException outOfOrder(Batch read, int series, long beginMs, long endMs) {
        return corrupt("chunks of series %s are out of order: one begins at %d, the one before ends at %d"
                .formatted(labels(read, series), beginMs, endMs));
    }

    private void checkRange(Batch read, int series, long firstMs, long lastMs) {
        var meta = block.meta();
        if (firstMs < meta.minTimeMs() || lastMs > meta.maxTimeMs()) {
            throw corrupt("series %s has samples from %d to %d, outside of the block's range %d to %d"
                    .formatted(labels(read, series), firstMs, lastMs, meta.minTimeMs(), meta.maxTimeMs()));
        }
    }

    private CorruptDataException corrupt(String detail) {
        return new CorruptDataException("block " + block.meta().id(), -1, detail);
    }

    private Labels labels(Batch of, int series) {
        return union.labels(source, of.series.symbols(), of.series.symbolsFrom(series), of.series.symbolsTo(series));
    }

    /// Waits for what is being read: the block must stay open until then.
    @Override
    public void close() {
        if (ahead != null) {
            ahead.join();
            ahead = null;
        }
    }

    // ---- the series at hand

    /// The series' own labels.
    public Labels labels() {
        return labels(batch, at);
    }

    /// The labels as numbers of symbols, names and values in turn, from [#labelsFrom] to [#labelsTo].
    public int[] symbols() {
        return batch.series.symbols();
    }

    public int labelsFrom() {
        return batch.series.symbolsFrom(at);
    }

    public int labelsTo() {
        return batch.series.symbolsTo(at);
    }

    /// In the order of labels.
    int compareLabels(RecordCursor other) {
        return Arrays.compare(
                symbols(), labelsFrom(), labelsTo(), other.symbols(), other.labelsFrom(), other.labelsTo());
    }

    boolean hasLabelsOf(RecordCursor other) {
        return Arrays.equals(
                symbols(), labelsFrom(), labelsTo(), other.symbols(), other.labelsFrom(), other.labelsTo());
    }

    /// Whether its chunks are those stored; otherwise only [#chunks] has them.
    public boolean isAsStored() {
        return rewritten == null;
    }

    /// Where its chunks are, from [#recordsFrom] to [#recordsTo].
    public ChunkRecords records() {
        return batch.records;
    }

    public int recordsFrom() {
        return batch.series.chunksFrom(at) - batch.firstChunk;
    }

    public int recordsTo() {
        return batch.series.chunksTo(at) - batch.firstChunk;
    }

    /// Time of the first sample, in milliseconds.
    long firstMs() {
        return rewritten == null
                ? batch.records.minMs(recordsFrom())
                : rewritten.getFirst().minMs();
    }

    /// Time of the last sample, in milliseconds, inclusive.
    long lastMs() {
        return rewritten == null
                ? batch.records.maxMs(recordsTo() - 1)
                : rewritten.getLast().maxMs();
    }

    /// Its chunks in the order stored, downsampled ones as one chunk of encoding `AGGREGATE`; valid until [#next].
    public List<EncodedChunk> chunks() {
        return rewritten == null ? stored() : rewritten;
    }

    private List<EncodedChunk> stored() {
        int to = recordsTo();
        var chunks = new ArrayList<EncodedChunk>(to - recordsFrom());
        for (int i = recordsFrom(); i < to; i++) {
            chunks.add(batch.records.chunk(i));
        }
        return chunks;
    }

    /// Samples, or windows, in its chunks.
    long sampleCount() {
        long samples = 0;
        if (rewritten != null) {
            for (var chunk : rewritten) {
                samples += ChunkSamples.count(chunk);
            }
            return samples;
        }
        int to = recordsTo();
        for (int i = recordsFrom(); i < to; i++) {
            samples += batch.records.sampleCount(i);
        }
        return samples;
    }

    /// Samples of this series, and of those skipped before it, that tombstones took away.
    long samplesRemoved() {
        return samplesRemoved;
    }
}
