package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.QueryException;

/// Checks the parameters of topk and its kin over all steps.
final class ChoiceParameters {
    private static final double LONG_MAX_BELOW = 0x1.fffffffffffffp62;

    private ChoiceParameters() {}

    /// Whether anything can be chosen at all.
    static boolean counts(double[] counts) {
        double max = Double.NEGATIVE_INFINITY;
        double min = Double.POSITIVE_INFINITY;
        boolean nan = false;
        for (double count : counts) {
            max = GoMath.max(max, count);
            min = GoMath.min(min, count);
            nan |= Double.isNaN(count);
        }
        if (max < 1) {
            return false;
        }
        if (nan) {
            throw new QueryException(Fault.EVALUATION, "Parameter value is NaN");
        }
        if (min <= -0x1p63) {
            throw new QueryException(Fault.EVALUATION, "Scalar value " + GoFormat.g(min) + " underflows int64");
        }
        if (max >= LONG_MAX_BELOW) {
            throw new QueryException(Fault.EVALUATION, "Scalar value " + GoFormat.g(max) + " overflows int64");
        }
        return true;
    }

    static boolean ratios(double[] ratios, Annotations annotations, int position) {
        double max = Double.NEGATIVE_INFINITY;
        double min = Double.POSITIVE_INFINITY;
        boolean nan = false;
        for (double ratio : ratios) {
            max = GoMath.max(max, ratio);
            min = GoMath.min(min, ratio);
            nan |= Double.isNaN(ratio);
        }
        if (max == 0 && min == 0) {
            return false;
        }
        if (nan) {
            throw new QueryException(Fault.EVALUATION, "Ratio value is NaN");
        }
        for (double extreme : new double[] {max, min}) {
            if (extreme > 1 || extreme < -1) {
                annotations.warn(
                        "ratio value should be between -1 and 1, got " + GoFormat.g(extreme) + ", capping to "
                                + (extreme > 1 ? "1" : "-1"),
                        position);
            }
        }
        return true;
    }
}
