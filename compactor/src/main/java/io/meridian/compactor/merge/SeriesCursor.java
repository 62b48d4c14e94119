package io.meridian.compactor.merge;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.index.Postings;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// All series of a block in the order stored, with their chunks as stored, without deleted samples. Reads ahead by
/// some hundred series, so that chunks come in large ranges; memory is bounded by that.
public final class SeriesCursor {
    /// How much is read at once where nobody says otherwise.
    static final int READ_BYTES = 4 << 20;

    private static final int REFS_MIN = 16;
    private static final int REFS_MAX = 512;
    /// What a series and the places of its chunks take.
    private static final int ENTRY_BYTES_GUESS = 8 << 10;
    private static final int CHUNK_BYTES_GUESS = 600;

    private final Block block;
    private final QueryContext context;
    private final Postings postings;
    private final TombstoneFilter filter;
    private final long[] refs;
    private final int readBytes;
    private List<SeriesEntry> entries = List.of();
    private int nextEntry;
    private List<List<Chunk>> batch = List.of();
    private int batchStart;
    private int at = -1;
    private boolean isStarted;
    private Labels labels = Labels.empty();
    private List<EncodedChunk> chunks = List.of();
    private long samplesRemoved;

    public SeriesCursor(Block block, QueryContext context) throws IOException {
        this(block, READ_BYTES, context);
    }

    /// @param readBytes about how many bytes of chunks are read, and held, at once
    public SeriesCursor(Block block, int readBytes, QueryContext context) throws IOException {
        this.readBytes = readBytes;
        this.refs = new long[Math.clamp(readBytes / ENTRY_BYTES_GUESS, REFS_MIN, REFS_MAX)];
        this.block = block;
        this.context = context;
        this.postings = block.index().select(List.of(), context);
        this.filter = new TombstoneFilter();
    }

    /// Moves to the next series that has chunks.
    public boolean next() throws IOException {
        while (true) {
            if (++at >= batch.size() && !readBatch()) {
                return false;
            }
            SeriesEntry entry = entries.get(batchStart + at);
            var own = new ArrayList<EncodedChunk>(batch.get(at).size());
            for (Chunk chunk : batch.get(at)) {
                own.add((EncodedChunk) chunk);
            }
            var deleted = block.tombstones().of(entry.ref());
            chunks = deleted.isEmpty() ? own : filter.apply(own, deleted);
            samplesRemoved = filter.takeRemoved();
            if (!chunks.isEmpty()) {
                checkOrder(entry.labels());
                labels = entry.labels();
                return true;
            }
        }
    }

    /// What is out of order here cannot be merged: the result would be wrong, or unreadable.
    private void checkOrder(Labels next) {
        if (isStarted && next.compareTo(labels) <= 0) {
            throw corrupt("series " + next + " comes after " + labels);
        }
        isStarted = true;
        long endMs = Long.MIN_VALUE;
        for (var chunk : chunks) {
            if (chunk.minMs() > chunk.maxMs() || (endMs != Long.MIN_VALUE && chunk.minMs() <= endMs)) {
                throw corrupt("chunks of series %s are out of order: one begins at %d, the one before ends at %d"
                        .formatted(next, chunk.minMs(), endMs));
            }
            endMs = chunk.maxMs();
        }
        if (chunks.getFirst().minMs() < block.meta().minTimeMs()
                || endMs > block.meta().maxTimeMs()) {
            throw corrupt("series %s has samples from %d to %d, outside of the block's range %d to %d"
                    .formatted(
                            next,
                            chunks.getFirst().minMs(),
                            endMs,
                            block.meta().minTimeMs(),
                            block.meta().maxTimeMs()));
        }
    }

    private CorruptDataException corrupt(String detail) {
        return new CorruptDataException("block " + block.meta().id(), -1, detail);
    }

    private boolean readBatch() throws IOException {
        if (nextEntry == entries.size()) {
            int count = postings.fill(refs);
            if (count == 0) {
                return false;
            }
            entries = block.index().series(refs, 0, count, TimeRange.ALL, false, context);
            nextEntry = 0;
            if (entries.isEmpty()) {
                return readBatch();
            }
        }
        batchStart = nextEntry;
        long bytes = 0;
        while (nextEntry < entries.size() && (nextEntry == batchStart || bytes < readBytes)) {
            bytes += (long) entries.get(nextEntry++).chunkCount() * CHUNK_BYTES_GUESS;
        }
        batch = block.chunks().read(entries.subList(batchStart, nextEntry), true, context);
        at = 0;
        return true;
    }

    /// The series' own labels.
    public Labels labels() {
        return labels;
    }

    /// Its chunks in the order stored; downsampled ones as one chunk of encoding `AGGREGATE`.
    public List<EncodedChunk> chunks() {
        return chunks;
    }

    /// Samples of this series, and of those skipped before it, that tombstones took away.
    public long samplesRemoved() {
        return samplesRemoved;
    }
}
