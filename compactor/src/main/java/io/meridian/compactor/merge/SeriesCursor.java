package io.meridian.compactor.merge;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.index.Postings;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All series of a block in the order stored, with their chunks as stored, without deleted samples. Reads some hundred
/// series at once, so that chunks come in large ranges, and the next ones meanwhile on a thread of its own; memory is
/// bounded by that.
public final class SeriesCursor implements AutoCloseable {
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
    /// Of the thread that reads ahead.
    private List<SeriesEntry> entries = List.of();

    private int nextEntry;
    private @Nullable Background<Batch> ahead;
    private Batch batch = Batch.END;
    private int at = -1;
    private boolean isStarted;
    private Labels labels = Labels.empty();
    private List<EncodedChunk> chunks = List.of();
    private long samplesRemoved;
    private long seriesSeen;
    private long chunksSeen;
    private boolean anyAggregate;

    private record Batch(List<SeriesEntry> entries, List<List<Chunk>> chunks) {
        static final Batch END = new Batch(List.of(), List.of());
    }

    public SeriesCursor(Block block, QueryContext context) throws IOException {
        this(block, READ_BYTES, context);
    }

    /// @param readBytesMax about how many bytes of chunks are held at once: those at hand, and the next ones
    public SeriesCursor(Block block, int readBytesMax, QueryContext context) throws IOException {
        this.readBytes = readBytesMax / 2;
        this.refs = new long[Math.clamp(readBytes / ENTRY_BYTES_GUESS, REFS_MIN, REFS_MAX)];
        this.block = block;
        this.context = context;
        this.postings = block.index().select(List.of(), context);
        this.filter = new TombstoneFilter();
        readAhead();
    }

    private void readAhead() {
        ahead = Background.start("read-ahead", this::readBatch);
    }

    /// Moves to the next series that has chunks.
    public boolean next() throws IOException {
        while (true) {
            if (++at >= batch.entries.size() && !takeBatch()) {
                StoredCounts.check(block.meta(), seriesSeen, chunksSeen, anyAggregate);
                return false;
            }
            SeriesEntry entry = batch.entries.get(at);
            seriesSeen++;
            chunksSeen += entry.chunkCount();
            var own = new ArrayList<EncodedChunk>(batch.chunks.get(at).size());
            for (Chunk chunk : batch.chunks.get(at)) {
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
        boolean isRaw = block.meta().thanos().resolutionMs() == 0;
        for (var chunk : chunks) {
            boolean isAggregate = chunk.encoding() == ChunkEncoding.AGGREGATE;
            if (isRaw && isAggregate) {
                throw corrupt("series " + next + " has downsampled chunks in a block of raw samples");
            }
            anyAggregate |= isAggregate;
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

    private boolean takeBatch() throws IOException {
        if (ahead == null) {
            return false;
        }
        batch = ahead.result();
        at = 0;
        if (batch.entries.isEmpty()) {
            ahead = null;
            return false;
        }
        readAhead();
        return true;
    }

    private Batch readBatch() throws IOException {
        while (nextEntry == entries.size()) {
            int count = postings.fill(refs);
            if (count == 0) {
                return Batch.END;
            }
            entries = block.index().series(refs, 0, count, TimeRange.ALL, false, context);
            nextEntry = 0;
        }
        int start = nextEntry;
        long bytes = 0;
        while (nextEntry < entries.size() && (nextEntry == start || bytes < readBytes)) {
            bytes += (long) entries.get(nextEntry++).chunkCount() * CHUNK_BYTES_GUESS;
        }
        var own = entries.subList(start, nextEntry);
        return new Batch(own, block.chunks().read(own, true, context));
    }

    /// Waits for what is being read: the block must stay open until then.
    @Override
    public void close() {
        if (ahead != null) {
            ahead.join();
            ahead = null;
        }
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
