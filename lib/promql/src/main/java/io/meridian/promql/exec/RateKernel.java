package io.meridian.promql.exec;

import org.jspecify.annotations.Nullable;

/// rate, increase and delta over floats, with Prometheus' extrapolation to the window's borders; irate and idelta.
final class RateKernel {
    private RateKernel() {}

    /// @param counter   whether falling values are resets (else: delta)
    /// @param perSecond whether the result is divided by the range
    static void extrapolated(Windows w, boolean counter, boolean perSecond, Scratch scratch, double[] out) {
        int done = counter ? PlainRate.fill(w, perSecond, scratch, out) : 0;
        double[] values = w.values;
        int[] resets = scratch.ints(w.size);
        int resetCount = counter ? resets(values, w.size, resets) : 0;
        if (done == w.steps && resetCount == 0) {
            return;
        }
        double rangeSeconds = w.rangeSeconds();
        int firstReset = 0;
        for (int k = 0; k < w.steps; k++) {
            int from = w.from[k];
            int last = w.to[k] - 1;
            while (firstReset < resetCount && resets[firstReset] <= from) {
                firstReset++;
            }
            boolean plain = firstReset == resetCount || resets[firstReset] > last;
            if (last <= from || k < done && plain) {
                continue;
            }
            double result = values[last] - values[from];
            for (int r = firstReset; r < resetCount && resets[r] <= last; r++) {
                result += values[resets[r] - 1];
            }
            out[k] = extrapolate(w, k, from, last, result, counter, perSecond ? rangeSeconds : 0, 0);
        }
    }

    /// Indices at which the value is below the one before.
    private static int resets(double[] values, int size, int[] resets) {
        int count = 0;
        for (int i = 1; i < size; i++) {
            if (values[i] < values[i - 1]) {
                resets[count++] = i;
            }
        }
        return count;
    }

    /// @param rangeSeconds 0: not per second
    /// @param startMs      start time of the first sample where that lies within the window, else 0
    static double extrapolate(
            Windows w,
            int step,
            int from,
            int last,
            double result,
            boolean counter,
            double rangeSeconds,
            long startMs) {
        return result
                * factor(
                        w.endMs(step),
                        w.rangeMs,
                        w.times[from],
                        w.times[last],
                        last - from,
                        counter && result > 0 && w.values[from] >= 0 ? w.values[from] / result : -1,
                        counter,
                        rangeSeconds,
                        startMs);
    }

    /// By how much a difference between the first and last sample grows when it is extended to the window.
    ///
    /// @param gaps        number of samples less one
    /// @param zeroPortion first value by difference: how many sampled intervals before the first sample a counter
    ///                    would have been zero; negative if unknown
    static double factor(
            long windowEndMs,
            long rangeMs,
            long firstMs,
            long lastMs,
            int gaps,
            double zeroPortion,
            boolean counter,
            double rangeSeconds,
            long startMs) {
        double toStart = (firstMs - (windowEndMs - rangeMs)) / 1000.0;
        double toEnd = (windowEndMs - lastMs) / 1000.0;
        double sampled = (lastMs - firstMs) / 1000.0;
        double average = sampled / gaps;
        if (startMs != 0) {
            sampled = (lastMs - startMs) / 1000.0;
            toStart = 0;
            average = gaps == 0 ? 0 : average;
        }
        double threshold = average * 1.1;
        if (toStart >= threshold) {
            toStart = average / 2;
        }
        if (counter && startMs == 0) {
            double toZero = zeroPortion >= 0 ? sampled * zeroPortion : toStart;
            if (toZero < toStart) {
                toStart = toZero;
            }
        }
        if (toEnd >= threshold) {
            toEnd = average / 2;
        }
        double factor = sampled == 0 ? 1 : (sampled + toStart + toEnd) / sampled;
        return rangeSeconds == 0 ? factor : factor / rangeSeconds;
    }

    /// rate and increase where start times are known: one that lies between two samples is a reset, too.
    static void withStartTimes(Windows w, long[] startTimes, boolean perSecond, double[] out, OverlapCount overlaps) {
        double[] values = w.values;
        long[] times = w.times;
        double rangeSeconds = perSecond ? w.rangeSeconds() : 0;
        for (int k = 0; k < w.steps; k++) {
            int from = w.from[k];
            int last = w.to[k] - 1;
            if (last < from) {
                continue;
            }
            long windowStart = w.endMs(k) - w.rangeMs;
            long start = startTimes[from];
            boolean startsInside = start != 0 && windowStart < start && start < times[from];
            if (last == from && !startsInside) {
                continue;
            }
            double result = values[last] - values[from];
            boolean overlap = false;
            for (int i = from + 1; i <= last; i++) {
                if (values[i] < values[i - 1] || StartTimes.isReset(times, startTimes, i)) {
                    result += values[i - 1];
                }
                overlap |= StartTimes.overlaps(times, startTimes, i);
            }
            if (overlap && overlaps.counts(k)) {
                overlaps.count++;
            }
            if (startsInside) {
                result += values[from];
            }
            out[k] = extrapolate(w, k, from, last, result, true, rangeSeconds, startsInside ? start : 0);
        }
    }

    /// In how many windows a sample had a start time before the sample before it.
    static final class OverlapCount {
        private final @Nullable Windows others;
        long count;

        /// @param others windows of the same steps: where they have samples, nothing is counted
        OverlapCount(@Nullable Windows others) {
            this.others = others;
        }

        private boolean counts(int step) {
            return others == null || others.from[step] == others.to[step];
        }
    }

    /// The difference of the last two samples.
    static void instantaneous(Windows w, boolean rate, double[] out, boolean usesStartTimes) {
        double[] values = w.values;
        long[] times = w.times;
        for (int k = 0; k < w.steps; k++) {
            int last = w.to[k] - 1;
            if (last <= w.from[k] || times[last] == times[last - 1]) {
                continue;
            }
            double current = values[last];
            double previous = values[last - 1];
            if (!rate) {
                out[k] = current - previous;
                continue;
            }
            boolean reset = current < previous
                    || usesStartTimes && w.startTimes != null && StartTimes.isReset(times, w.startTimes, last);
            out[k] = (reset ? current : current - previous) / ((times[last] - times[last - 1]) / 1000.0);
        }
    }
}
