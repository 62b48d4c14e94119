package io.meridian.promql.exec;

import io.meridian.model.CompensatedSum;

/// sum_over_time and avg_over_time: compensated sums, each window from its oldest sample on, as the rounding demands.
///
/// A window's additions wait for one another, so several windows are summed at once. Where each begins as many samples
/// after the one before, as they do at steps of one or several scrape intervals, they are the lanes of one vector loop;
/// else four go side by side.
final class SumKernel {
    private static final int LANES = 4;

    /// Fewer windows, or shorter ones, are not worth a vector loop.
    private static final int ROW_MIN = 16;

    private SumKernel() {}

    static void sum(Windows w, Scratch scratch, double[] out) {
        run(w, false, scratch, out);
    }

    static void average(Windows w, Scratch scratch, double[] out) {
        run(w, true, scratch, out);
    }

    private static void run(Windows w, boolean average, Scratch scratch, double[] out) {
        int k = 0;
        while (k < w.steps) {
            w.check(k);
            int count = staircase(w, k);
            if (count >= ROW_MIN) {
                rows(w, k, count, average, scratch, out);
                k += count;
            } else if (k + LANES <= w.steps) {
                four(w, k, average, out);
                k += LANES;
            } else {
                one(w, k, w.from[k], 0, 0, average, out);
                k++;
            }
        }
    }

    /// How many windows from a step on begin as many samples after the one before and are of about the same length.
    private static int staircase(Windows w, int step) {
        int length = w.to[step] - w.from[step];
        int stride = stride(w, step);
        if (length < ROW_MIN || stride < 1) {
            return 0;
        }
        int k = step + 1;
        while (k < w.steps && w.from[k] - w.from[k - 1] == stride && Math.abs(w.to[k] - w.from[k] - length) <= 2) {
            k++;
        }
        return k - step;
    }

    private static int stride(Windows w, int step) {
        return step + 1 < w.steps ? w.from[step + 1] - w.from[step] : 0;
    }

    private static void rows(Windows w, int step, int count, boolean average, Scratch scratch, double[] out) {
        double[] row = scratch.row(count);
        double[] sums = scratch.sums(count);
        double[] carries = scratch.carries(count);
        int shared = w.to[step] - w.from[step];
        for (int k = step + 1; k < step + count; k++) {
            shared = Math.min(shared, w.to[k] - w.from[k]);
        }
        int stride = stride(w, step);
        int length = count + shared / stride;
        double[] values =
                stride == 1 ? w.values : bySteps(w, w.from[step], stride, Math.min(stride, shared), length, scratch);
        int first = stride == 1 ? w.from[step] : 0;
        for (int i = 0; i < shared; i++) {
            System.arraycopy(values, first + i % stride * length + i / stride, row, 0, count);
            addRow(row, sums, carries, count);
        }
        for (int i = 0; i < count; i++) {
            int k = step + i;
            boolean exact = Double.isFinite(sums[i]) && Double.isFinite(carries[i]);
            one(
                    w,
                    k,
                    exact ? w.from[k] + shared : w.from[k],
                    exact ? sums[i] : 0,
                    exact ? carries[i] : 0,
                    average,
                    out);
        }
    }

    /// The first values of all windows, then the second ones, and so on: so many of each, as many as a stride has.
    private static double[] bySteps(Windows w, int first, int stride, int rowCount, int length, Scratch scratch) {
        double[] sorted = scratch.doubles(rowCount * length);
        for (int row = 0; row < rowCount; row++) {
            int target = row * length;
            for (int i = first + row; i < w.size && target < (row + 1) * length; i += stride) {
                sorted[target++] = w.values[i];
            }
        }
        return sorted;
    }

    /// Adds a value to each sum. What rounding loses is the same number as [#lost] gives, without asking which of the
    /// two is larger, as long as everything is finite.
    private static void addRow(double[] row, double[] sums, double[] carries, int count) {
        for (int i = 0; i < count; i++) {
            double sum = sums[i];
            double x = row[i];
            double next = sum + x;
            double added = next - sum;
            carries[i] += (sum - (next - added)) + (x - added);
            sums[i] = next;
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
            carry = CompensatedSum.carry(x, scaled, share * carry);
            mean = scaled + x;
        }
        return mean + carry;
    }
}
