package io.meridian.promql.exec;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.promql.histogram.CounterResets;
import io.meridian.promql.histogram.HistogramQuantile;
import io.meridian.promql.histogram.HistogramSum;
import io.meridian.promql.histogram.HistogramTrim;

/// What one thread reuses while it computes with native histograms.
final class HistogramWork {
    final HistogramSum sum = new HistogramSum();
    final HistogramSum operand = new HistogramSum();
    final CounterResets resets = new CounterResets();
    final HistogramTrim trim = new HistogramTrim();
    private final HistogramQuantile quantile = new HistogramQuantile();

    /// Between points of a subquery nothing is known about resets.
    static FloatHistogram withoutResetHint(FloatHistogram histogram) {
        return switch (histogram.hint()) {
            case RESET, NOT_RESET -> histogram.withHint(CounterResetHint.UNKNOWN);
            case UNKNOWN, GAUGE -> histogram;
        };
    }

    FloatHistogram negate(FloatHistogram histogram) {
        sum.load(histogram);
        sum.multiply(-1);
        return sum.toHistogram();
    }

    /// @param nameSuffix of the annotations' texts
    double quantile(double q, FloatHistogram histogram, Annotations annotations, int position, String nameSuffix) {
        double result = quantile.quantile(q, histogram);
        if (quantile.isNanByObservations()) {
            annotations.info("input to histogram_quantile has NaN observations, result is NaN" + nameSuffix, position);
        } else if (quantile.isSkewed()) {
            annotations.info(
                    "input to histogram_quantile has NaN observations, result is skewed higher" + nameSuffix, position);
        }
        return result;
    }

    /// @param nameSuffix of the annotations' texts
    double fraction(
            double lower,
            double upper,
            FloatHistogram histogram,
            Annotations annotations,
            int position,
            String nameSuffix) {
        double result = quantile.fraction(lower, upper, histogram);
        if (quantile.hasExcluded()) {
            annotations.info(
                    "input to histogram_fraction has NaN observations, which are excluded from all fractions"
                            + nameSuffix,
                    position);
        }
        return result;
    }
}
