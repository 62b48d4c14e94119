package io.meridian.promql.exec;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.histogram.HistogramResets;
import io.meridian.promql.plan.SelectorPlan;

/// Reads the series of a selector.
final class SelectedSeries {
    private SelectedSeries() {}

    /// Leaves the samples that the selector may look at in the worker's buffer.
    static void read(Series series, SelectorPlan selector, Worker worker) {
        SampleBuffer buffer = worker.buffer;
        buffer.clear();
        series.read(selector.read(), buffer);
        worker.expectSamples(buffer.size());
        if (selector.statsOnly() && buffer.histograms() != null) {
            stripBuckets(buffer, buffer.histograms());
        }
    }

    /// Counts and sums only. What the buckets would tell about resets is written down as a hint before.
    private static void stripBuckets(SampleBuffer buffer, HistogramColumn histograms) {
        int next = previous(histograms, buffer.size());
        while (next >= 0) {
            int index = next;
            next = previous(histograms, index);
            CounterResetHint hint = histograms.hint(index);
            if (hint == CounterResetHint.UNKNOWN && next >= 0) {
                FloatHistogram current = histograms.get(index);
                FloatHistogram before = histograms.get(next);
                boolean reset = current != null && before != null && HistogramResets.isReset(current, before);
                hint = reset ? CounterResetHint.RESET : CounterResetHint.NOT_RESET;
            }
            histograms.strip(index, hint);
        }
    }

    /// The last histogram before the index that is no stale marker, or -1.
    private static int previous(HistogramColumn histograms, int index) {
        int found = index - 1;
        while (found >= 0 && (!histograms.isPresent(found) || histograms.isStale(found))) {
            found--;
        }
        return found;
    }
}
