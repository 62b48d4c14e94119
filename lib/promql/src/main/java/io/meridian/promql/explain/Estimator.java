package io.meridian.promql.explain;

import io.meridian.model.QueryContext;
import io.meridian.model.SampleEstimator;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import org.jspecify.annotations.Nullable;

/// Says how much a selection would read, without reading it.
@FunctionalInterface
public interface Estimator {
    /// Knows nothing.
    Estimator NONE = selection -> null;

    /// @param series  that match
    /// @param samples of them within the range, about; 0 if the source does not know
    record Estimate(long series, long samples) {}

    /// Null if nobody can tell.
    @Nullable
    Estimate estimate(Selection selection);

    /// Counts series by their labels alone, and asks a source that is a [SampleEstimator] for samples.
    static Estimator of(SeriesSource source, QueryContext context) {
        return selection -> {
            long series = 0;
            Selection labelsOnly = selection.withHints(selection.hints().withLabelsOnly(0));
            try (SeriesSet set = source.select(labelsOnly, context)) {
                while (set.next() != null) {
                    series++;
                }
            }
            double each =
                    source instanceof SampleEstimator estimator ? estimator.samplesPerSeries(selection.range()) : 0;
            return new Estimate(series, Math.round(series * each));
        };
    }
}
