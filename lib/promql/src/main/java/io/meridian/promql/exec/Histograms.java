package io.meridian.promql.exec;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;

/// What the engine does with single native histograms, beyond the arithmetic that the model has.
final class Histograms {
    private Histograms() {}

    /// Between points of a subquery nothing is known about resets.
    static FloatHistogram withoutResetHint(FloatHistogram histogram) {
        return switch (histogram.hint()) {
            case RESET, NOT_RESET -> histogram.withHint(CounterResetHint.UNKNOWN);
            case UNKNOWN, GAUGE -> histogram;
        };
    }

    static FloatHistogram negate(FloatHistogram histogram) {
        return histogram;
    }

    static double quantile(
            double q, FloatHistogram histogram, Annotations annotations, int position, String nameSuffix) {
        return Double.NaN;
    }

    static double fraction(
            double lower,
            double upper,
            FloatHistogram histogram,
            Annotations annotations,
            int position,
            String nameSuffix) {
        return Double.NaN;
    }
}
