package io.meridian.promql.exec;

/// rate and increase of a series that is as most are: each window begins and ends one sample after the one
/// before, values never fall, and samples reach the windows' borders. Then there is no choice to make for a step, and
/// all of them are lanes of vector loops. Rounds as [RateKernel] does, operation by operation.
final class PlainRate {
    /// Fewer steps are not worth it.
    private static final int STEPS_MIN = 8;

    private PlainRate() {}

    /// Fills in steps from the first on.
    ///
    /// @return how many; none if the series is not so plain
    static int fill(Windows w, boolean perSecond, Scratch scratch, double[] out) {
        int count = w.staircase;
        if (count < STEPS_MIN) {
            return 0;
        }
        int first = w.from[0];
        int gaps = w.to[0] - 1 - first;
        if (gaps < 1 || !(w.values[first] >= 0) || !ascends(w.values, first, count + gaps)) {
            return 0;
        }
        double[] times = scratch.doubles(count + gaps);
        long base = w.endMs(0);
        for (int i = 0; i < count + gaps; i++) {
            times[i] = w.times[first + i] - base;
        }
        double[] ends = w.ramp.doubles(w.stepMs, count);
        double beyond = factors(w.values, first, times, ends, count, gaps, (double) w.rangeMs, out);
        if (!(beyond < 0)) {
            return 0;
        }
        if (perSecond) {
            divide(w.values, first, gaps, count, w.rangeSeconds(), out);
        } else {
            multiply(w.values, first, gaps, count, out);
        }
        return isWhole(out, count) ? count : 0;
    }

    /// No value is NaN or below the one before.
    private static boolean ascends(double[] values, int first, int count) {
        double least = 0;
        for (int i = first + 1; i < first + count; i++) {
            least = Math.min(least, values[i] - values[i - 1]);
        }
        return least >= 0;
    }

    /// By how much each difference is extended.
    ///
    /// @return negative if no first or last sample is far from its border
    private static double factors(
            double[] values,
            int first,
            double[] times,
            double[] ends,
            int count,
            int gaps,
            double rangeMs,
            double[] out) {
        double beyond = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            double result = values[first + gaps + i] - values[first + i];
            double toStart = (times[i] - (ends[i] - rangeMs)) / 1000.0;
            double toEnd = (ends[i] - times[gaps + i]) / 1000.0;
            double sampled = (times[gaps + i] - times[i]) / 1000.0;
            double threshold = sampled / gaps * 1.1;
            beyond = Math.max(beyond, Math.max(toStart, toEnd) - threshold);
            double toZero = sampled * (values[first + i] / result);
            out[i] = (sampled + Math.min(toStart, toZero) + toEnd) / sampled;
        }
        return beyond;
    }

    private static void divide(double[] values, int first, int gaps, int count, double rangeSeconds, double[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = (values[first + gaps + i] - values[first + i]) * (out[i] / rangeSeconds);
        }
    }

    private static void multiply(double[] values, int first, int gaps, int count, double[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = (values[first + gaps + i] - values[first + i]) * out[i];
        }
    }

    /// Zero by zero, where a counter stands at zero, has to be looked at by itself.
    private static boolean isWhole(double[] out, int count) {
        double largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, out[i]);
        }
        return largest >= 0;
    }
}
