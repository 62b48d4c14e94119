package io.meridian.promql.exec;

/// Neumaier's compensated addition, as Prometheus has it everywhere.
final class Compensated {
    private Compensated() {}

    /// The compensation after `x` was added to `sum`; the new sum is `sum + x`.
    static double carry(double x, double sum, double compensation) {
        double next = sum + x;
        if (Double.isInfinite(next)) {
            return 0;
        }
        return Math.abs(sum) >= Math.abs(x) ? compensation + ((sum - next) + x) : compensation + ((x - next) + sum);
    }
}
