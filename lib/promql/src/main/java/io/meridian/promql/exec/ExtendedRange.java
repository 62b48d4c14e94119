package io.meridian.promql.exec;

import io.meridian.promql.plan.RangeFunction;

/// rate, increase, delta, resets and changes over `anchored` and `smoothed` ranges: no extrapolation, but values at
/// the borders themselves. The windows reach one lookback further back, and ahead where smoothed.
final class ExtendedRange {
    private ExtendedRange() {}

    static void fill(
            RangeFunction function,
            boolean smoothed,
            Windows w,
            int series,
            RangeAnnotations annotations,
            Column target) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] == w.to[k]) {
                continue;
            }
            switch (function) {
                case RATE -> difference(w, k, true, w.rangeSeconds(), smoothed, target.values);
                case INCREASE -> difference(w, k, true, 0, smoothed, target.values);
                case DELTA -> difference(w, k, false, 0, smoothed, target.values);
                case RESETS, CHANGES -> compare(w, k, function == RangeFunction.RESETS, target.values);
                default -> throw new IllegalStateException("extended range of " + function);
            }
        }
    }

    /// Index of the sample with which the window opens: the last at or before its start, if there is one.
    static int first(Windows w, int step, long start) {
        int to = w.to[step];
        int i = w.from[step];
        while (i < to - 1 && w.times[i] <= start) {
            i++;
        }
        return Math.max(w.from[step], i - 1);
    }

    private static void difference(
            Windows w, int step, boolean counter, double rangeSeconds, boolean smoothed, double[] out) {
        long end = w.endMs(step);
        long start = end - w.rangeMs;
        int to = w.to[step];
        long[] t = w.times;
        double[] v = w.values;
        int first = first(w, step, start);
        int last = to - 1;
        if (smoothed) {
            int i = w.from[step];
            while (i < to - 1 && t[i] < end) {
                i++;
            }
            last = i;
        }
        if (t[last] <= start || smoothed && t[first] > end) {
            return;
        }
        double left = smoothed && t[first] < start ? between(w, first, start, counter) : v[first];
        double right = smoothed && last > w.from[step] && t[last] > end ? between(w, last - 1, end, counter) : v[last];
        double result = right - left;
        if (counter) {
            int from = t[first] <= start ? first + 1 : first;
            int until = t[last] >= end ? last - 1 : last;
            double correction = 0;
            double previous = left;
            for (int i = from; i <= until; i++) {
                if (v[i] < previous) {
                    correction += previous;
                }
                previous = v[i];
            }
            if (right < previous) {
                correction += previous;
            }
            result += correction;
        }
        out[step] = rangeSeconds == 0 ? result : result / rangeSeconds;
    }

    /// The value between the sample and the next one; a counter that falls starts again at zero.
    static double between(Windows w, int index, long timeMs, boolean counter) {
        double low = w.values[index];
        double high = w.values[index + 1];
        if (counter && high < low) {
            low = 0;
        }
        return low + (high - low) * (timeMs - w.times[index]) / (w.times[index + 1] - w.times[index]);
    }

    private static void compare(Windows w, int step, boolean resets, double[] out) {
        long start = w.endMs(step) - w.rangeMs;
        int to = w.to[step];
        if (w.times[to - 1] <= start) {
            return;
        }
        int count = 0;
        for (int i = first(w, step, start) + 1; i < to; i++) {
            double a = w.values[i - 1];
            double b = w.values[i];
            if (resets ? b < a : a != b && !(Double.isNaN(a) && Double.isNaN(b))) {
                count++;
            }
        }
        out[step] = count;
    }
}
