package io.meridian.model.histogram;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;

/// Sums, differences, products and quotients of native histograms, each with a single rounding. Results are not
/// compacted. Where many are computed, reuse a [HistogramSum] instead.
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
        return combine(a, b, false);
    }

    /// @throws IllegalArgumentException if they are not compatible
    public static Combined subtract(FloatHistogram a, FloatHistogram b) {
        return combine(a, b, true);
    }

    private static Combined combine(FloatHistogram a, FloatHistogram b, boolean subtract) {
        var result = new HistogramSum();
        result.load(a);
        var other = new HistogramSum();
        other.load(b);
        int flags = result.add(other, subtract);
        if ((flags & HistogramSum.INCOMPATIBLE) != 0) {
            throw new IllegalArgumentException(
                    "schemas cannot be combined: %d and %d".formatted(a.schema(), b.schema()));
        }
        return new Combined(
                result.toHistogram(), (flags & HistogramSum.COLLISION) != 0, (flags & HistogramSum.RECONCILED) != 0);
    }

    /// A negative factor makes a gauge of it.
    public static FloatHistogram multiply(FloatHistogram histogram, double factor) {
        var product = new HistogramSum();
        product.load(histogram);
        product.multiply(factor);
        return product.toHistogram();
    }

    /// A divisor of zero drops the buckets, a negative one makes a gauge of it.
    public static FloatHistogram divide(FloatHistogram histogram, double divisor) {
        var quotient = new HistogramSum();
        quotient.load(histogram);
        quotient.divide(divisor);
        return quotient.toHistogram();
    }

    /// The histogram times -1, as a gauge.
    public static FloatHistogram negate(FloatHistogram histogram) {
        return multiply(histogram, -1).withHint(CounterResetHint.GAUGE);
    }
}
