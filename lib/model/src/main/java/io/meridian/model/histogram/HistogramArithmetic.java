package io.meridian.model.histogram;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;

/// Sums, differences, products and quotients of native histograms, each with a single rounding. Results are not
/// compacted.
public final class HistogramArithmetic {
    /// @param hintCollision    whether a reset met a "not reset"
    /// @param boundsReconciled whether custom bounds differed and only common ones are left
    public record Combined(FloatHistogram histogram, boolean hintCollision, boolean boundsReconciled) {}

    private HistogramArithmetic() {}

    /// Whether both have custom bounds, or neither: else they cannot be added.
    public static boolean areCompatible(FloatHistogram a, FloatHistogram b) {
        return a.hasCustomBounds() == b.hasCustomBounds();
    }

    /// @throws IllegalArgumentException if they are not compatible
    public static Combined add(FloatHistogram a, FloatHistogram b) {
        var sum = new HistogramAccumulator(a, false);
        sum.add(b);
        return new Combined(sum.toHistogram(), sum.hintCollision(), sum.boundsReconciled());
    }

    /// @throws IllegalArgumentException if they are not compatible
    public static Combined subtract(FloatHistogram a, FloatHistogram b) {
        var difference = new HistogramAccumulator(a, false);
        difference.subtract(b);
        return new Combined(difference.toHistogram(), difference.hintCollision(), difference.boundsReconciled());
    }

    /// A negative factor makes a gauge of it.
    public static FloatHistogram multiply(FloatHistogram histogram, double factor) {
        var product = new HistogramAccumulator(histogram, false);
        product.multiply(factor);
        return product.toHistogram();
    }

    /// A divisor of zero drops the buckets, a negative one makes a gauge of it.
    public static FloatHistogram divide(FloatHistogram histogram, double divisor) {
        var quotient = new HistogramAccumulator(histogram, false);
        quotient.divide(divisor);
        return quotient.toHistogram();
    }

    /// The histogram times -1, as a gauge.
    public static FloatHistogram negate(FloatHistogram histogram) {
        return multiply(histogram, -1).withHint(CounterResetHint.GAUGE);
    }
}
