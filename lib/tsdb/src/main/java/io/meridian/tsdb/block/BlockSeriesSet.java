package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Series whose entries are known; their chunks are read a batch ahead.
final class BlockSeriesSet implements SeriesSet {
    private static final int BATCH_SERIES = 1000;
    private static final int BATCH_CHUNKS = 20_000;
    private static final Comparator<Chunk> BY_TIME =
            Comparator.comparingLong(Chunk::minMs).thenComparingLong(Chunk::maxMs);

    private final Block block;
    private final List<SeriesEntry> entries;
    private final Selection selection;
    private final QueryContext context;
    private final ArrayDeque<Series> ready = new ArrayDeque<>();
    private int next;
    private long reserved;
    private long reservedEntries;

    BlockSeriesSet(Block block, List<SeriesEntry> entries, Selection selection, QueryContext context) {
        this.block = block;
        this.entries = entries;
        this.selection = selection;
        this.context = context;
        this.reservedEntries =
                entries.stream().mapToLong(SeriesEntry::retainedBytes).sum();
    }

    @Override
    public @Nullable Series next() {
        while (ready.isEmpty() && next < entries.size()) {
            try {
                readBatch();
            } catch (IOException | CorruptDataException e) {
                next = entries.size();
                block.fail(e, context);
            }
        }
        return ready.poll();
    }

    private void readBatch() throws IOException {
        context.check();
        context.release(reserved);
        reserved = 0;
        int from = next;
        int chunkCount = 0;
        while (next < entries.size() && next - from < BATCH_SERIES && chunkCount < BATCH_CHUNKS) {
            chunkCount += entries.get(next++).chunkCount();
        }
        // series that became equal under the external labels belong together
        while (next < entries.size()
                && entries.get(next).labels().equals(entries.get(next - 1).labels())) {
            next++;
        }
        var batch = entries.subList(from, next);
        var chunks = block.chunks().read(batch, false, block.origin(), context);
        for (int i = 0; i < batch.size(); ) {
            var own = new ArrayList<Chunk>();
            var deleted = new ArrayList<TimeRange>();
            var labels = batch.get(i).labels();
            int first = i;
            for (; i < batch.size() && batch.get(i).labels().equals(labels); i++) {
                var ranges = block.tombstones().of(batch.get(i).ref());
                own.addAll(DeletedSamples.remaining(chunks.get(i), ranges));
                deleted.addAll(ranges);
            }
            if (!own.isEmpty() || selection.hints().labelsOnly()) {
                sort(own, i - first);
                Series series = new ChunkSeries(labels, own);
                reserved += series.retainedBytes();
                ready.add(DeletedSamples.touches(own, deleted) ? new DeletedSamples(series, deleted) : series);
            }
        }
        context.reserve(reserved);
    }

    private static void sort(List<Chunk> chunks, int seriesCount) {
        for (int i = 1; i < chunks.size(); i++) {
            if (seriesCount > 1 || BY_TIME.compare(chunks.get(i - 1), chunks.get(i)) > 0) {
                chunks.sort(BY_TIME);
                return;
            }
        }
    }

    @Override
    public void close() {
        context.release(reserved + reservedEntries);
        reserved = 0;
        reservedEntries = 0;
        next = entries.size();
        ready.clear();
    }
}
