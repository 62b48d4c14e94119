package io.meridian.promql;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.model.StaleMarker;
import org.jspecify.annotations.Nullable;

/// One series of an answer as columns. Point i stands at `times()[i]` and is a float, a histogram, or not there.
/// Nobody writes to the arrays.
public final class ResultSeries {
    private final Labels labels;
    private final long[] times;
    private final double[] values;
    private final @Nullable HistogramColumn histograms;

    /// @param times      milliseconds; the array may be shared by all series
    /// @param values     the floats; the bits of the stale marker where there is none
    /// @param histograms null if the series has none
    public ResultSeries(Labels labels, long[] times, double[] values, @Nullable HistogramColumn histograms) {
        this.labels = labels;
        this.times = times;
        this.values = values;
        this.histograms = histograms;
    }

    public Labels labels() {
        return labels;
    }

    /// Milliseconds, ascending; one for each step, also where the series has no point.
    public long[] times() {
        return times;
    }

    public double[] values() {
        return values;
    }

    public boolean hasFloat(int index) {
        return !StaleMarker.is(values[index]);
    }

    public boolean hasHistogram(int index) {
        return histograms != null && histograms.isPresent(index);
    }

    /// The histogram at the index, or null.
    public @Nullable FloatHistogram histogram(int index) {
        return histograms == null ? null : histograms.get(index);
    }

    /// All histograms, or null if there are none.
    public @Nullable HistogramColumn histograms() {
        return histograms;
    }

    /// Whether any point is a histogram.
    public boolean hasHistograms() {
        return histograms != null && !histograms.isEmpty(times.length);
    }

    /// Number of points that are there.
    public int pointCount() {
        int count = 0;
        for (int i = 0; i < times.length; i++) {
            if (hasFloat(i) || hasHistogram(i)) {
                count++;
            }
        }
        return count;
    }
}
