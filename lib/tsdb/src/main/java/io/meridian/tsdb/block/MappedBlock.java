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
        int limit = selection.hints().limit() > 0
                ? (int) Math.min(selection.hints().limit(), Integer.MAX_VALUE)
                : Integer.MAX_VALUE;
        var reading = new MappedSeries.Reading(block, chunks, context);
        var series = new ArrayList<Series>();
        var refs = new long[BATCH];
        var entries = new @Nullable SeriesEntry[BATCH];
        var postings = block.index().select(matchers, context);
        for (int n = postings.fill(refs); n > 0 && series.size() < limit; n = postings.fill(refs)) {
            context.check();
            load(refs, n, entries, context);
            for (int i = 0; i < n && series.size() < limit; i++) {
                SeriesEntry entry = entries[i];
                if (entry == null) {
                    continue;
                }
                if (!entry.isAscending()) {
                    return null;
                }
                int from = entry.firstChunkEndingAtOrAfter(selection.range().minMs());
                int to = entry.firstChunkAfter(from, selection.range().maxMs());
                if (from < to) {
                    series.add(new MappedSeries(reading, entry, from, to));
                }
            }
        }
        return inOrder(series) ? SeriesSet.of(series) : null;
    }

    /// Whether all labels differ; sorts where external labels have changed the order.
    private static boolean inOrder(List<Series> series) {
        boolean ascending = true;
        for (int i = 1; i < series.size() && ascending; i++) {
            ascending = series.get(i - 1).labels().compareTo(series.get(i).labels()) < 0;
        }
        if (ascending) {
            return true;
        }
        series.sort(Comparator.comparing(Series::labels));
        for (int i = 1; i < series.size(); i++) {
            if (series.get(i - 1).labels().equals(series.get(i).labels())) {
                return false;
            }
        }
        return true;
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
