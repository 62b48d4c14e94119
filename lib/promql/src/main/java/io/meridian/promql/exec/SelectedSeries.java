package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.model.histogram.HistogramStatistics;
import io.meridian.promql.plan.SelectorPlan;

/// Reads the series of a selector.
final class SelectedSeries {
    private SelectedSeries() {}

    /// Leaves the samples that the selector may look at in the worker's buffer.
    static void read(Series series, SelectorPlan selector, Worker worker) {
        SampleBuffer buffer = worker.buffer;
        buffer.clear();
        series.read(selector.read(), buffer);
        if (selector.statsOnly() && buffer.histograms() != null) {
            stripBuckets(buffer, buffer.histograms());
        }
    }

    /// Counts and sums only. What the buckets would tell about resets is written down as a hint before.
    private static void stripBuckets(SampleBuffer buffer, HistogramColumn histograms) {
        var statistics = new HistogramStatistics();
        for (int i = 0; i < buffer.size(); i++) {
            FloatHistogram histogram = histograms.get(i);
            if (histogram != null) {
                histograms.set(i, statistics.strip(histogram));
            }
        }
    }
}
