package io.meridian.model.histogram;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import org.jspecify.annotations.Nullable;

/// Reads histograms for functions that want count and sum only: buckets are dropped, but first the question of a
/// counter reset is answered by them. For one series, in time order.
public final class HistogramStatistics {
    private @Nullable FloatHistogram previous;

    /// The histogram without buckets and bounds, its hint settled against the one before; the first stays unknown.
    public FloatHistogram strip(FloatHistogram histogram) {
        if (histogram.isStale()) {
            return histogram;
        }
        CounterResetHint hint = histogram.hint();
        if (hint == CounterResetHint.UNKNOWN && previous != null) {
            hint = HistogramResets.isReset(histogram, previous) ? CounterResetHint.RESET : CounterResetHint.NOT_RESET;
        }
        previous = histogram;
        return FloatHistogram.empty(hint, histogram.schema(), histogram.count(), histogram.sum());
    }

    /// Forgets the histogram before, as after a jump in time.
    public void clear() {
        previous = null;
    }
}
