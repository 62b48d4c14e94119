package io.meridian.promql.exec;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.histogram.HistogramFraction;
import io.meridian.model.histogram.HistogramQuantile;
import io.meridian.model.histogram.HistogramSum;

/// What one thread reuses while it computes with native histograms.
final class HistogramWork {
    final HistogramSum sum = new HistogramSum();
    final HistogramSum operand = new HistogramSum();

    /// Between points of a subquery nothing is known about resets.
    static void forgetReset(HistogramColumn column, int index) {
        if (column.hint(index) != CounterResetHint.GAUGE) {
            column.setHint(index, CounterResetHint.UNKNOWN);
        }
    }

    FloatHistogram negate(FloatHistogram histogram) {
        sum.load(histogram);
        sum.multiply(-1);
        return sum.toHistogram();
    }

    /// @param nameSuffix of the annotations' texts
    double quantile(
            double q, HistogramColumn column, int index, Annotations annotations, int position, String nameSuffix) {
        HistogramQuantile.Result result = HistogramQuantile.of(q, column, index);
        switch (result.finding()) {
            case NONE -> {}
            case RESULT_IS_NAN ->
                annotations.info(
                        "input to histogram_quantile has NaN observations, result is NaN" + nameSuffix, position);
            case SKEWED_HIGHER ->
                annotations.info(
                        "input to histogram_quantile has NaN observations, result is skewed higher" + nameSuffix,
                        position);
        }
        return result.value();
    }

    /// @param nameSuffix of the annotations' texts
    double fraction(
            double lower,
            double upper,
            FloatHistogram histogram,
            Annotations annotations,
            int position,
            String nameSuffix) {
        HistogramFraction.Result result = HistogramFraction.of(lower, upper, histogram);
        if (result.excludesNaN()) {
            annotations.info(
                    "input to histogram_fraction has NaN observations, which are excluded from all fractions"
                            + nameSuffix,
                    position);
        }
        return result.value();
    }
}
