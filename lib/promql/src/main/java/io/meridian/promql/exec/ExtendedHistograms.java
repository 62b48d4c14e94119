package io.meridian.promql.exec;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramResets;
import io.meridian.model.histogram.HistogramSum;
import org.jspecify.annotations.Nullable;

/// rate, increase and delta over `anchored` and `smoothed` windows of native histograms.
final class ExtendedHistograms {
    private final Windows w;
    private final boolean counter;
    private final double rangeSeconds;
    private final int series;
    private final RangeAnnotations annotations;
    private final HistogramWork work;
    private final HistogramSum result = new HistogramSum();
    private final HistogramSum lost = new HistogramSum();
    private boolean anyLost;
    private boolean incompatible;
    private boolean reconciledBySubtraction;
    private boolean reconciledByAddition;

    /// Whether the values at both borders are gauges; one between two samples is if either of them is.
    private boolean bothGauge;

    ExtendedHistograms(
            Windows windows,
            boolean counter,
            double rangeSeconds,
            int series,
            RangeAnnotations annotations,
            HistogramWork work) {
        w = windows;
        this.counter = counter;
        this.rangeSeconds = rangeSeconds;
        this.series = series;
        this.annotations = annotations;
        this.work = work;
    }

    private FloatHistogram at(int index) {
        FloatHistogram histogram = w.histogramAt(index);
        if (histogram == null) {
            throw new IllegalStateException("not a histogram: index=" + index);
        }
        return histogram;
    }

    /// Null if the histograms do not go together.
    @Nullable
    FloatHistogram difference(ExtendedRange.Borders borders) {
        incompatible = !areAlike(borders);
        reconciledBySubtraction = false;
        reconciledByAddition = false;
        if (!incompatible) {
            subtract(borders);
        }
        if (incompatible) {
            annotations.mixedSchemas(series);
            return null;
        }
        noteKinds(borders);
        if (reconciledBySubtraction) {
            annotations.reconciled("subtraction");
        }
        if (reconciledByAddition) {
            annotations.reconciled("addition");
        }
        if (rangeSeconds != 0) {
            result.divide(rangeSeconds);
        }
        result.setHint(CounterResetHint.GAUGE);
        result.compact();
        return result.toHistogram();
    }

    /// Whether all have exponential buckets, or all custom ones. A gauge before the first of another kind is noted.
    private boolean areAlike(ExtendedRange.Borders borders) {
        boolean anyGauge = false;
        for (int i = borders.first; i <= borders.last; i++) {
            if (at(i).hasCustomBounds() != at(borders.first).hasCustomBounds()) {
                if (counter && anyGauge) {
                    annotations.notCounter(series);
                }
                return false;
            }
            anyGauge |= isGauge(at(i));
        }
        return true;
    }

    private static boolean isGauge(FloatHistogram histogram) {
        return histogram.hint() == CounterResetHint.GAUGE;
    }

    private void subtract(ExtendedRange.Borders borders) {
        FloatHistogram left = borders.interpolatesStart ? between(borders.first, borders.startMs) : at(borders.first);
        FloatHistogram right = borders.interpolatesEnd ? between(borders.last - 1, borders.endMs) : at(borders.last);
        bothGauge = isGauge(left) && isGauge(right);
        result.load(right);
        work.operand.load(left);
        note(result.add(work.operand, true), true);
        if (counter) {
            anyLost = false;
            correct(borders, left, right);
            if (anyLost) {
                note(result.add(lost, false), false);
            }
        }
    }

    private void noteKinds(ExtendedRange.Borders borders) {
        boolean anyGauge = false;
        for (int i = borders.first; i <= borders.last; i++) {
            anyGauge |= isGauge(at(i));
        }
        if (counter && anyGauge) {
            annotations.notCounter(series);
        } else if (!counter && !bothGauge) {
            annotations.notGauge(series);
        }
    }

    /// Adds up what was lost at resets. An interpolated start has made up for a reset before the next sample.
    private void correct(ExtendedRange.Borders borders, FloatHistogram left, FloatHistogram right) {
        int i = borders.first + 1;
        FloatHistogram previous = left;
        if (borders.interpolatesStart && HistogramResets.isReset(at(borders.first + 1), at(borders.first))) {
            previous = at(borders.first + 1);
            i++;
        }
        if (i > borders.last) {
            return;
        }
        for (; i < borders.last; i++) {
            correct(previous, at(i));
            previous = at(i);
        }
        correct(previous, right);
    }

    private void correct(FloatHistogram previous, FloatHistogram next) {
        if (!HistogramResets.isReset(next, previous)) {
            return;
        }
        if (anyLost) {
            work.operand.load(previous);
            note(lost.add(work.operand, false), false);
        } else {
            lost.load(previous);
            anyLost = true;
        }
    }

    private void note(int flags, boolean subtract) {
        incompatible |= (flags & HistogramSum.INCOMPATIBLE) != 0;
        boolean reconciled = (flags & HistogramSum.RECONCILED) != 0;
        reconciledBySubtraction |= reconciled && subtract;
        reconciledByAddition |= reconciled && !subtract;
    }

    private FloatHistogram between(int index, long timeMs) {
        Interpolated flags = interpolate(w, index, timeMs, counter, work);
        note(flags.subtraction(), true);
        note(flags.addition(), false);
        return work.sum.toHistogram();
    }

    /// What happened, as flags of [HistogramSum#add].
    record Interpolated(int subtraction, int addition) {
        boolean isIncompatible() {
            return ((subtraction | addition) & HistogramSum.INCOMPATIBLE) != 0;
        }
    }

    /// Leaves the histogram between the sample and the next one in the work's sum; after a reset it grows from nothing.
    static Interpolated interpolate(Windows w, int index, long timeMs, boolean counter, HistogramWork work) {
        double fraction = (double) (timeMs - w.times[index]) / (w.times[index + 1] - w.times[index]);
        FloatHistogram low = w.histogramAt(index);
        FloatHistogram high = w.histogramAt(index + 1);
        if (low == null || high == null || low.hasCustomBounds() != high.hasCustomBounds()) {
            return new Interpolated(HistogramSum.INCOMPATIBLE, 0);
        }
        HistogramSum sum = work.sum;
        sum.load(high);
        if (counter && HistogramResets.isReset(high, low)) {
            sum.multiply(fraction);
            return new Interpolated(0, 0);
        }
        work.operand.load(low);
        int subtraction = sum.add(work.operand, true);
        sum.multiply(fraction);
        work.operand.load(low);
        return new Interpolated(subtraction, sum.add(work.operand, false));
    }
}
