package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.promql.plan.RangeFunction;

/// rate, increase, delta, resets and changes over `anchored` and `smoothed` ranges: no extrapolation, but values at
/// the borders themselves. The windows reach one lookback further back, and ahead where smoothed.
final class ExtendedRange {
    private ExtendedRange() {}

    static void fill(
            RangeFunction function,
            boolean smoothed,
            Windows w,
            boolean usesStartTimes,
            int series,
            RangeAnnotations annotations,
            HistogramWork work,
            Column target) {
        if (function == RangeFunction.RESETS || function == RangeFunction.CHANGES) {
            compare(w, function == RangeFunction.RESETS, usesStartTimes, target.values);
            return;
        }
        boolean counter = function != RangeFunction.DELTA;
        double rangeSeconds = function == RangeFunction.RATE ? w.rangeSeconds() : 0;
        var histograms = new ExtendedHistograms(w, counter, rangeSeconds, series, annotations, work);
        var borders = new Borders();
        for (int k = 0; k < w.steps; k++) {
            w.check(k);
            int count = histogramCount(w, k);
            if (count > 0 && count < w.to[k] - w.from[k]) {
                annotations.mixed(series);
                continue;
            }
            if (w.from[k] == w.to[k] || !borders.find(w, k, smoothed)) {
                continue;
            }
            if (count == 0) {
                target.values[k] = difference(w, borders, counter, rangeSeconds);
                continue;
            }
            FloatHistogram result = histograms.difference(borders);
            if (result != null) {
                target.requireHistograms().set(k, result);
            }
        }
    }

    private static int histogramCount(Windows w, int step) {
        int count = 0;
        if (w.histograms != null) {
            for (int i = w.from[step]; i < w.to[step]; i++) {
                count += w.histogramAt(i) == null ? 0 : 1;
            }
        }
        return count;
    }

    /// First and last sample of a window, and where their values count.
    static final class Borders {
        long startMs;
        long endMs;
        int first;
        int last;

        /// Whether the value at the start lies between the first sample and the next.
        boolean interpolatesStart;

        /// Whether the value at the end lies between the last sample and the one before.
        boolean interpolatesEnd;

        /// Returns whether the window has a result at all.
        boolean find(Windows w, int step, boolean smoothed) {
            endMs = w.endMs(step);
            startMs = endMs - w.rangeMs;
            int to = w.to[step];
            long[] t = w.times;
            first = first(w, step, startMs);
            last = to - 1;
            if (smoothed) {
                int i = w.from[step];
                while (i < to - 1 && t[i] < endMs) {
                    i++;
                }
                last = i;
            }
            interpolatesStart = smoothed && t[first] < startMs && first + 1 < to;
            interpolatesEnd = smoothed && last > w.from[step] && t[last] > endMs;
            return t[last] > startMs && !(smoothed && t[first] > endMs);
        }

        /// Samples strictly inside: from this one …
        int innerFrom(Windows w) {
            return w.times[first] <= startMs ? first + 1 : first;
        }

        /// … to this one.
        int innerLast(Windows w) {
            return w.times[last] >= endMs ? last - 1 : last;
        }
    }

    /// Index of the sample with which the window opens: the last at or before its start, if there is one.
    private static int first(Windows w, int step, long start) {
        int to = w.to[step];
        int i = w.from[step];
        while (i < to - 1 && w.times[i] <= start) {
            i++;
        }
        return Math.max(w.from[step], i - 1);
    }

    private static double difference(Windows w, Borders borders, boolean counter, double rangeSeconds) {
        double[] v = w.values;
        double left = left(w, borders, counter);
        double right = right(w, borders, counter);
        double result = right - left;
        if (counter) {
            double correction = 0;
            double previous = left;
            for (int i = borders.innerFrom(w); i <= borders.innerLast(w); i++) {
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
        return rangeSeconds == 0 ? result : result / rangeSeconds;
    }

    static double left(Windows w, Borders borders, boolean counter) {
        return borders.interpolatesStart
                ? between(w, borders.first, borders.startMs, counter)
                : w.values[borders.first];
    }

    static double right(Windows w, Borders borders, boolean counter) {
        return borders.interpolatesEnd ? between(w, borders.last - 1, borders.endMs, counter) : w.values[borders.last];
    }

    /// The value between the sample and the next one; a counter that falls starts again at zero.
    private static double between(Windows w, int index, long timeMs, boolean counter) {
        double low = w.values[index];
        double high = w.values[index + 1];
        if (counter && high < low) {
            low = 0;
        }
        return low + (high - low) * (timeMs - w.times[index]) / (w.times[index + 1] - w.times[index]);
    }

    private static void compare(Windows w, boolean resets, boolean usesStartTimes, double[] out) {
        for (int k = 0; k < w.steps; k++) {
            w.check(k);
            long start = w.endMs(k) - w.rangeMs;
            int to = w.to[k];
            if (w.from[k] == to || w.times[to - 1] <= start) {
                continue;
            }
            int count = 0;
            for (int i = first(w, k, start) + 1; i < to; i++) {
                boolean differs = resets ? HistogramRange.isReset(w, i, usesStartTimes) : HistogramRange.isChange(w, i);
                count += differs ? 1 : 0;
            }
            out[k] = count;
        }
    }
}
