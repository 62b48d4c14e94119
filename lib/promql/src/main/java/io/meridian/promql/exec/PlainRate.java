package io.meridian.promql.exec;

/// rate and increase of a series that is as most are: each window begins and ends as many samples after the one
/// before, and samples reach the windows' borders. Then there is no choice to make for a step, and all of them are
/// lanes of vector loops. Rounds as [RateKernel] does, operation by operation; where values fall, it has to look
/// again.
final class PlainRate {
    /// Fewer steps are not worth it.
    private static final int STEPS_MIN = 8;

    private PlainRate() {}

    /// Fills in steps from the first on, as if no value were below the one before.
    ///
    /// @return how many; none if the series is not so plain
    static int fill(Windows w, boolean perSecond, Scratch scratch, double[] out) {
        int count = w.staircase;
        if (count < STEPS_MIN) {
            return 0;
        }
        int first = w.from[0];
        int gaps = w.to[0] - 1 - first;
        if (gaps < 1) {
            return 0;
        }
        double[] firsts = scratch.lane(0, count);
        double[] lasts = scratch.lane(1, count);
        double[] firstTimes = scratch.lane(2, count);
        double[] lastTimes = scratch.lane(3, count);
        pick(w.values, first, w.stride, count, firsts);
        if (!isPositive(firsts, count)) {
            return 0;
        }
        pick(w.values, first + gaps, w.stride, count, lasts);
        pick(w.times, first, w.stride, count, w.endMs(0), firstTimes);
        pick(w.times, first + gaps, w.stride, count, w.endMs(0), lastTimes);
        double[] ends = w.ramp.doubles(w.stepMs, count);
        double rangeMs = w.rangeMs;
        if (!(factors(firsts, lasts, firstTimes, lastTimes, ends, count, gaps, rangeMs, out) < 0)) {
            return 0;
        }
        if (perSecond) {
            divide(firsts, lasts, count, w.rangeSeconds(), out);
        } else {
            multiply(firsts, lasts, count, out);
        }
        return isWhole(out, count) ? count : 0;
    }

    private static void pick(double[] values, int first, int stride, int count, double[] target) {
        if (stride == 1) {
            System.arraycopy(values, first, target, 0, count);
        } else {
            for (int i = 0, index = first; i < count; i++, index += stride) {
                target[i] = values[index];
            }
        }
    }

    /// Times since a base.
    private static void pick(long[] times, int first, int stride, int count, long base, double[] target) {
        if (stride == 1) {
            for (int i = 0; i < count; i++) {
                target[i] = times[first + i] - base;
            }
        } else {
            for (int i = 0, index = first; i < count; i++, index += stride) {
                target[i] = times[index] - base;
            }
        }
    }

    private static boolean isPositive(double[] values, int count) {
        for (int i = 0; i < count; i++) {
            if (!(values[i] >= 0)) {
                return false;
            }
        }
        return true;
    }

    /// By how much each difference is extended.
    ///
    /// @return negative if no first or last sample is far from its border
    private static double factors(
            double[] firsts,
            double[] lasts,
            double[] firstTimes,
            double[] lastTimes,
            double[] ends,
            int count,
            int gaps,
            double rangeMs,
            double[] out) {
        double beyond = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            double result = lasts[i] - firsts[i];
            double toStart = (firstTimes[i] - (ends[i] - rangeMs)) / 1000.0;
            double toEnd = (ends[i] - lastTimes[i]) / 1000.0;
            double sampled = (lastTimes[i] - firstTimes[i]) / 1000.0;
            double threshold = sampled / gaps * 1.1;
            beyond = Math.max(beyond, Math.max(toStart, toEnd) - threshold);
            double toZero = sampled * (firsts[i] / result);
            out[i] = (sampled + Math.min(toStart, toZero) + toEnd) / sampled;
        }
        return beyond;
    }

    private static void divide(double[] firsts, double[] lasts, int count, double rangeSeconds, double[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = (lasts[i] - firsts[i]) * (out[i] / rangeSeconds);
        }
    }

    private static void multiply(double[] firsts, double[] lasts, int count, double[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = (lasts[i] - firsts[i]) * out[i];
        }
    }

    /// Zero by zero, where a counter stands at zero, has to be looked at by itself.
    private static boolean isWhole(double[] out, int count) {
        for (int i = 0; i < count; i++) {
            if (Double.isNaN(out[i])) {
                return false;
            }
        }
        return true;
    }
}
