package io.meridian.promql.exec;

import io.meridian.promql.parse.BinaryOperator;

/// A binary operator between two columns.
final class PairKernel {
    private PairKernel() {}

    static boolean isTrim(BinaryOperator operator) {
        return operator == BinaryOperator.TRIM_LOWER || operator == BinaryOperator.TRIM_UPPER;
    }

    /// Whether the result is another thing than the left side's samples.
    static boolean dropsName(BinaryOperator operator, boolean returnBool) {
        return returnBool || !operator.isComparison() && !isTrim(operator) && !operator.isSet();
    }

    /// The left column becomes the result.
    ///
    /// @param pair number of the pair, by which the last annotation of a step is known
    static void apply(
            BinaryOperator operator,
            boolean returnBool,
            Column left,
            Column right,
            int pair,
            PairAnnotations annotations,
            HistogramWork work) {
        if (left.histograms != null || right.histograms != null || isTrim(operator)) {
            new MixedPair(operator, returnBool, false, annotations, work).columns(left, right, pair);
        } else if (operator.isComparison() && !returnBool) {
            Arithmetic.filter(operator, left.values, right.values, left.values, left.values);
        } else {
            Arithmetic.columns(operator, left.values, right.values, left.values);
        }
    }
}
