package io.meridian.tsdb.block;

import io.meridian.model.LabelMatcher;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.TimeRange;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Selects in a raw block that lies in a directory: entries of the index are kept decoded, chunks stay where they are
/// until they are read.
final class MappedBlock {
    private static final int BATCH = 1024;

    private final Block block;
    private final MappedChunks chunks;
    private final SeriesEntryCache cache = SeriesEntryCache.forBlock();

    MappedBlock(Block block, MappedChunks chunks) {
        this.block = block;
        this.chunks = chunks;
    }

    /// The series in order, or null if some of them need more than to be read chunk by chunk.
    @Nullable
    SeriesSet select(List<LabelMatcher> matchers, Selection selection, QueryContext context) throws IOException {
        if (selection.hints().labelsOnly()) {
            return null;
        }
        chunks.checkFiles();
        SeriesEntry[] entries = SelectionCache.shared().find(cache, matchers);
        if (entries == null) {
            long limit = selection.hints().limit();
            entries = entries(matchers, limit > 0 ? limit : Long.MAX_VALUE, selection.range(), context);
            if (entries == null) {
                return null;
            }
            if (limit <= 0) {
                SelectionCache.shared().put(cache, matchers, entries);
            }
        }
        return within(entries, selection, context);
    }

    private SeriesSet within(SeriesEntry[] entries, Selection selection, QueryContext context) {
        long limit = selection.hints().limit() > 0 ? selection.hints().limit() : Long.MAX_VALUE;
        long minMs = selection.range().minMs();
        long maxMs = selection.range().maxMs();
        var reading = new MappedSeries.Reading(block, chunks, context);
        var series = new ArrayList<Series>((int) Math.min(limit, entries.length));
        for (SeriesEntry entry : entries) {
            if (series.size() == limit) {
                break;
            }
            // what is kept decoded is told of again
            int last = entry.chunkCount() - 1;
            if (entry.chunkMinMs(0) < block.meta().minTimeMs()
                    || entry.chunkMaxMs(last) > block.meta().maxTimeMs()) {
                block.stray(entry.labels(), entry.chunkMinMs(0), entry.chunkMaxMs(last), context);
            }
            int from = entry.firstChunkEndingAtOrAfter(minMs);
            int to = entry.firstChunkAfter(from, maxMs);
            if (from < to) {
                series.add(new MappedSeries(reading, entry, from, to));
            }
        }
        return SeriesSet.of(series);
    }

    /// The entries that match, in the order of their labels; null if some have equal labels, or chunks out of order.
    ///
    /// @param limit so many with chunks in the range are enough
    private SeriesEntry @Nullable [] entries(
            List<LabelMatcher> matchers, long limit, TimeRange range, QueryContext context) throws IOException {
        long useful = 0;
        var all = new ArrayList<SeriesEntry>();
        var refs = new long[BATCH];
        var entries = new @Nullable SeriesEntry[BATCH];
        var postings = block.index().select(matchers, context);
        for (int n = postings.fill(refs); n > 0 && useful < limit; n = postings.fill(refs)) {
            context.check();
            load(refs, n, entries, context);
            for (int i = 0; i < n && useful < limit; i++) {
                SeriesEntry entry = entries[i];
                if (entry == null) {
                    continue;
                }
                block.verifyMatches(entry, matchers);
                if (!entry.isAscending()) {
                    return null;
                }
                all.add(entry);
                int first = entry.firstChunkEndingAtOrAfter(range.minMs());
                useful += first < entry.firstChunkAfter(first, range.maxMs()) ? 1 : 0;
            }
        }
        return inOrder(all) ? all.toArray(new SeriesEntry[0]) : null;
    }

    /// Whether all labels differ; sorts where external labels have changed the order.
    private static boolean inOrder(List<SeriesEntry> entries) {
        if (isAscending(entries)) {
            return true;
        }
        entries.sort(Comparator.comparing(SeriesEntry::labels));
        return isAscending(entries);
    }

    private static boolean isAscending(List<SeriesEntry> entries) {
        for (int i = 1; i < entries.size(); i++) {
            if (entries.get(i - 1).labels().compareTo(entries.get(i).labels()) >= 0) {
                return false;
            }
        }
        return true;
    }

    /// Lets go of what is kept of the block.
    void close() {
        SelectionCache.shared().forget(cache);
    }

    /// Fills in the entries of the references; null where the index has a series without chunks.
    private void load(long[] refs, int count, @Nullable SeriesEntry[] entries, QueryContext context)
            throws IOException {
        long[] missing = {};
        int missingCount = 0;
        for (int i = 0; i < count; i++) {
            entries[i] = cache.find(refs[i]);
            if (entries[i] == null) {
                if (missing.length == 0) {
                    missing = new long[count - i];
                }
                missing[missingCount++] = refs[i];
            }
        }
        if (missingCount == 0) {
            return;
        }
        int at = 0;
        for (SeriesEntry read : block.index().series(missing, 0, missingCount, TimeRange.ALL, false, context)) {
            SeriesEntry entry = read.withLabels(
                    read.labels().overriddenBy(block.meta().thanos().labels()));
            at = Arrays.binarySearch(refs, at, count, entry.ref());
            entries[at] = entry;
            cache.put(entry);
        }
    }
}
