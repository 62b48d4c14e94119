package io.meridian.promql.exec;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramEquality;
import io.meridian.model.histogram.HistogramResets;
import io.meridian.model.histogram.HistogramSum;
import org.jspecify.annotations.Nullable;

/// Functions over windows of native histograms, rate and its kin apart.
final class HistogramRange {
    private HistogramRange() {}

    private static @Nullable FloatHistogram at(Windows w, int index) {
        return w.histograms == null ? null : w.histograms.get(index);
    }

    /// resets and changes over both kinds of samples; a change of kind counts as one of each.
    static void compare(Windows w, boolean countResets, boolean usesStartTimes, double[] out) {
        boolean[] differs = new boolean[w.size];
        for (int i = 1; i < w.size; i++) {
            differs[i] = countResets ? isReset(w, i, usesStartTimes) : isChange(w, i);
        }
        for (int k = 0; k < w.steps; k++) {
            w.check(k);
            if (w.from[k] < w.to[k]) {
                int count = 0;
                for (int i = w.from[k] + 1; i < w.to[k]; i++) {
                    count += differs[i] ? 1 : 0;
                }
                out[k] = count;
            }
        }
    }

    static boolean isReset(Windows w, int i, boolean usesStartTimes) {
        FloatHistogram now = at(w, i);
        FloatHistogram before = at(w, i - 1);
        if (usesStartTimes && w.startTimes != null && StartTimes.isReset(w.times, w.startTimes, i)) {
            return true;
        }
        if (now == null && before == null) {
            return w.values[i] < w.values[i - 1];
        }
        return now == null || before == null || HistogramResets.isReset(now, before);
    }

    static boolean isChange(Windows w, int i) {
        FloatHistogram now = at(w, i);
        FloatHistogram before = at(w, i - 1);
        if (now == null && before == null) {
            double a = w.values[i - 1];
            double b = w.values[i];
            return a != b && !(Double.isNaN(a) && Double.isNaN(b));
        }
        return now == null || before == null || !HistogramEquality.same(now, before);
    }

    /// irate and idelta of the last two samples, whatever their kinds.
    static void instantaneous(
            Windows w,
            boolean rate,
            boolean usesStartTimes,
            int series,
            RangeAnnotations annotations,
            HistogramWork work,
            Column target) {
        double[] floats = new double[w.steps];
        java.util.Arrays.fill(floats, Column.ABSENT);
        RateKernel.instantaneous(w, rate, floats, usesStartTimes);
        for (int k = 0; k < w.steps; k++) {
            w.check(k);
            int last = w.to[k] - 1;
            if (last <= w.from[k]) {
                continue;
            }
            FloatHistogram now = at(w, last);
            FloatHistogram before = at(w, last - 1);
            if (now == null && before == null) {
                target.values[k] = floats[k];
            } else if (now == null || before == null) {
                annotations.mixed(series);
            } else if (w.times[last] != w.times[last - 1]) {
                boolean startReset =
                        usesStartTimes && w.startTimes != null && StartTimes.isReset(w.times, w.startTimes, last);
                FloatHistogram result = difference(now, before, rate, startReset, series, annotations, work);
                if (result != null) {
                    if (rate) {
                        work.sum.load(result);
                        work.sum.divide((w.times[last] - w.times[last - 1]) / 1000.0);
                        result = work.sum.toHistogram();
                    }
                    target.requireHistograms().set(k, result);
                }
            }
        }
    }

    private static @Nullable FloatHistogram difference(
            FloatHistogram now,
            FloatHistogram before,
            boolean rate,
            boolean startReset,
            int series,
            RangeAnnotations annotations,
            HistogramWork work) {
        boolean nowGauge = now.hint() == CounterResetHint.GAUGE;
        boolean beforeGauge = before.hint() == CounterResetHint.GAUGE;
        if (rate && (nowGauge || beforeGauge)) {
            annotations.notCounter(series);
        } else if (!rate && !(nowGauge && beforeGauge)) {
            annotations.notGauge(series);
        }
        HistogramSum sum = work.sum;
        boolean reset = rate && (startReset || HistogramResets.isReset(now, before));
        sum.load(now);
        if (!reset) {
            work.operand.load(before);
            int flags = sum.add(work.operand, true);
            if ((flags & HistogramSum.INCOMPATIBLE) != 0) {
                annotations.mixedSchemas(series);
                return null;
            }
            if ((flags & HistogramSum.RECONCILED) != 0) {
                annotations.reconciled("subtraction");
            }
        }
        sum.setHint(CounterResetHint.GAUGE);
        sum.compact();
        return sum.toHistogram();
    }

    /// sum_over_time or avg_over_time of one window; null if its histograms do not go together.
    static @Nullable FloatHistogram mean(
            Windows w, int step, HistogramMean mean, int series, RangeAnnotations annotations, HistogramWork work) {
        boolean started = false;
        for (int i = w.from[step]; i < w.to[step]; i++) {
            FloatHistogram histogram = at(w, i);
            if (histogram == null) {
                continue;
            }
            if (!started) {
                mean.start(histogram);
                started = true;
            } else if (!mean.add(histogram, work.operand)) {
                annotations.mixedSchemas(series);
                return null;
            }
        }
        if (mean.hasCollision()) {
            annotations.collision("aggregation");
        }
        if (mean.isReconciled()) {
            annotations.reconciled("aggregation");
        }
        return mean.result(false);
    }
}
