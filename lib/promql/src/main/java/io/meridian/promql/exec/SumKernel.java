package io.meridian.promql.exec;

/// sum_over_time and avg_over_time: compensated sums, each window from its oldest sample on, as the rounding demands.
///
/// A window's additions wait for one another; four windows are summed at once, so that the processor has something to
/// do meanwhile (2.5 times faster on windows of 120 samples).
final class SumKernel {
    private static final int LANES = 4;

    private SumKernel() {}

    static void sum(Windows w, double[] out) {
        run(w, false, out);
    }

    static void average(Windows w, double[] out) {
        run(w, true, out);
    }

    private static void run(Windows w, boolean average, double[] out) {
        int k = 0;
        for (; k + LANES <= w.steps; k += LANES) {
            four(w, k, average, out);
        }
        for (; k < w.steps; k++) {
            one(w, k, w.from[k], 0, 0, average, out);
        }
    }

    private static void four(Windows w, int k, boolean average, double[] out) {
        double[] v = w.values;
        int from0 = w.from[k];
        int from1 = w.from[k + 1];
        int from2 = w.from[k + 2];
        int from3 = w.from[k + 3];
        int shared = Math.min(
                Math.min(w.to[k] - from0, w.to[k + 1] - from1), Math.min(w.to[k + 2] - from2, w.to[k + 3] - from3));
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        double carry0 = 0;
        double carry1 = 0;
        double carry2 = 0;
        double carry3 = 0;
        for (int i = 0; i < shared; i++) {
            double x0 = v[from0 + i];
            double x1 = v[from1 + i];
            double x2 = v[from2 + i];
            double x3 = v[from3 + i];
            double next0 = sum0 + x0;
            double next1 = sum1 + x1;
            double next2 = sum2 + x2;
            double next3 = sum3 + x3;
            carry0 += lost(sum0, x0, next0);
            carry1 += lost(sum1, x1, next1);
            carry2 += lost(sum2, x2, next2);
            carry3 += lost(sum3, x3, next3);
            sum0 = next0;
            sum1 = next1;
            sum2 = next2;
            sum3 = next3;
        }
        one(w, k, from0 + shared, sum0, carry0, average, out);
        one(w, k + 1, from1 + shared, sum1, carry1, average, out);
        one(w, k + 2, from2 + shared, sum2, carry2, average, out);
        one(w, k + 3, from3 + shared, sum3, carry3, average, out);
    }

    private static double lost(double sum, double x, double next) {
        return Math.abs(sum) >= Math.abs(x) ? (sum - next) + x : (x - next) + sum;
    }

    /// The rest of a window, and its result. A sum that is not finite makes what was lost meaningless, and does not
    /// need it.
    private static void one(
            Windows w, int step, int start, double startSum, double startCarry, boolean average, double[] out) {
        double[] v = w.values;
        int from = w.from[step];
        int to = w.to[step];
        if (from == to) {
            return;
        }
        double sum = startSum;
        double carry = startCarry;
        for (int i = start; i < to; i++) {
            double next = sum + v[i];
            carry += lost(sum, v[i], next);
            sum = next;
        }
        if (!average) {
            out[step] = Double.isInfinite(sum) ? sum : sum + carry;
        } else if (Double.isInfinite(sum) || Double.isNaN(sum)) {
            out[step] = carefulAverage(v, from, to);
        } else {
            double count = to - from;
            out[step] = sum / count + carry / count;
        }
    }

    /// From the value on that would overflow the sum, the mean itself is carried.
    private static double carefulAverage(double[] values, int from, int to) {
        double sum = values[from];
        double carry = 0;
        int i = from + 1;
        for (; i < to; i++) {
            double next = sum + values[i];
            if (Double.isInfinite(next)) {
                break;
            }
            carry += lost(sum, values[i], next);
            sum = next;
        }
        if (i == to) {
            double count = to - from;
            return sum / count + carry / count;
        }
        double mean = sum / (i - from);
        carry /= i - from;
        for (; i < to; i++) {
            double count = i - from + 1;
            double share = (count - 1) / count;
            double x = values[i] / count;
            double scaled = share * mean;
            carry = Compensated.carry(x, scaled, share * carry);
            mean = scaled + x;
        }
        return mean + carry;
    }
}
