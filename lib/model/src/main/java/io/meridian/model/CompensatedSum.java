package io.meridian.model;

/// Neumaier's compensated addition, in Prometheus' order of operations: bits depend on it.
public final class CompensatedSum {
    private CompensatedSum() {}

    /// What is lost when `x` is added to `sum`, on top of what was lost before. The new sum is `sum + x`.
    public static double carry(double x, double sum, double carry) {
        double total = sum + x;
        if (Double.isInfinite(total)) {
            return 0;
        }
        if (Math.abs(sum) >= Math.abs(x)) {
            return carry + ((sum - total) + x);
        }
        return carry + ((x - total) + sum);
    }
}
