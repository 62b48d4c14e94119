package io.meridian.compactor.downsample;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import org.jspecify.annotations.Nullable;

/// What a window walk keeps of the histograms it passes: the sum of the window, and the running total of the batch.
final class HistogramAccumulator {
    private final int schema;
    private final boolean gauge;
    private @Nullable FloatHistogram sum;
    private @Nullable FloatHistogram counter;
    private @Nullable FloatHistogram previous;
    private int count;

    /// @param schema the lowest of the batch, or that of custom bounds
    /// @param gauge  whether the total is a gauge from the beginning
    HistogramAccumulator(int schema, boolean gauge) {
        this.schema = schema;
        this.gauge = gauge;
    }

    void add(FloatHistogram histogram) {
        FloatHistogram reduced =
                histogram.hasCustomBounds() ? histogram : HistogramArithmetic.reduce(histogram, schema);
        FloatHistogram total = counter;
        FloatHistogram last = previous;
        if (total == null || last == null) {
            total = reduced;
        } else if (reduced.hint() != CounterResetHint.GAUGE && HistogramArithmetic.isReset(histogram, last)) {
            // As in Thanos, the histogram is compared before its resolution is reduced: behind a chunk of a batch of
            // mixed resolutions, a finer one counts as reset.
            total = HistogramArithmetic.add(total, reduced);
        } else {
            total = HistogramArithmetic.add(total, HistogramArithmetic.subtract(reduced, last));
        }
        // Otherwise it becomes one with the first gauge that it takes in at full resolution.
        counter = gauge ? total.withHint(CounterResetHint.GAUGE) : total;
        previous = reduced;
        FloatHistogram soFar = sum;
        sum = (soFar == null ? reduced : HistogramArithmetic.add(soFar, reduced)).withHint(CounterResetHint.GAUGE);
        count++;
    }

    /// Ends a window.
    void resetWindow() {
        sum = null;
        count = 0;
    }

    int count() {
        return count;
    }

    FloatHistogram sum() {
        return present(sum);
    }

    FloatHistogram counter() {
        return present(counter);
    }

    private static FloatHistogram present(@Nullable FloatHistogram histogram) {
        if (histogram == null) {
            throw new IllegalStateException("no histogram was added");
        }
        return histogram;
    }
}
