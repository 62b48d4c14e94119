package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.promql.parse.BinaryOperator;
import org.jspecify.annotations.Nullable;

/// Binary operators where histograms are involved, step by step.
final class MixedPair {
    private MixedPair() {}

    static void withScalar(
            BinaryOperator operator,
            boolean returnBool,
            boolean scalarLeft,
            double[] scalar,
            int pair,
            Column target,
            PairAnnotations annotations) {
        @Nullable FloatHistogram[] histograms = target.histograms;
        for (int k = 0; k < scalar.length; k++) {
            double value = target.values[k];
            FloatHistogram histogram = histograms == null ? null : histograms[k];
            if (histogram == null && Column.isAbsent(value)) {
                continue;
            }
            if (scalarLeft) {
                step(operator, returnBool, scalar[k], null, value, histogram, true, pair, k, target, annotations);
            } else {
                step(operator, returnBool, value, histogram, scalar[k], null, false, pair, k, target, annotations);
            }
        }
    }

    static void columns(
            BinaryOperator operator,
            boolean returnBool,
            Column left,
            Column right,
            int pair,
            PairAnnotations annotations) {
        for (int k = 0; k < left.values.length; k++) {
            if (!left.isPresent(k) || !right.isPresent(k)) {
                set(left, k, Column.ABSENT, null);
                continue;
            }
            step(
                    operator,
                    returnBool,
                    left.values[k],
                    left.histogram(k),
                    right.values[k],
                    right.histogram(k),
                    false,
                    pair,
                    k,
                    left,
                    annotations);
        }
    }

    /// @param keepRight whether a filter keeps the right side, the left one being a scalar
    private static void step(
            BinaryOperator operator,
            boolean returnBool,
            double left,
            @Nullable FloatHistogram leftHistogram,
            double right,
            @Nullable FloatHistogram rightHistogram,
            boolean keepRight,
            int pair,
            int step,
            Column target,
            PairAnnotations annotations) {
        if (leftHistogram == null && rightHistogram == null && !PairKernel.isTrim(operator)) {
            double result;
            if (operator.isComparison() && !returnBool) {
                result = Arithmetic.compare(operator, left, right) ? (keepRight ? right : left) : Column.ABSENT;
            } else {
                result = Arithmetic.apply(operator, left, right);
            }
            set(target, step, result, null);
            return;
        }
        set(target, step, Column.ABSENT, null);
        annotations.incompatibleTypes(pair, step, kind(leftHistogram), kind(rightHistogram));
    }

    private static String kind(@Nullable FloatHistogram histogram) {
        return histogram == null ? "float" : "histogram";
    }

    private static void set(Column target, int step, double value, @Nullable FloatHistogram histogram) {
        target.values[step] = value;
        if (histogram != null) {
            target.requireHistograms()[step] = histogram;
        } else if (target.histograms != null) {
            target.histograms[step] = null;
        }
    }
}
