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
    private boolean incompatible;

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
        incompatible = false;
        noteKinds(borders);
        FloatHistogram left = borders.interpolatesStart ? between(borders.first, borders.startMs) : at(borders.first);
        FloatHistogram right = borders.interpolatesEnd ? between(borders.last - 1, borders.endMs) : at(borders.last);
        result.load(right);
        add(left, true);
        if (counter) {
            correct(borders, left, right);
        }
        if (incompatible) {
            annotations.mixedSchemas(series);
            return null;
        }
        if (rangeSeconds != 0) {
            result.divide(rangeSeconds);
        }
        result.setHint(CounterResetHint.GAUGE);
        result.compact();
        return result.toHistogram();
    }

    private void noteKinds(ExtendedRange.Borders borders) {
        boolean anyGauge = false;
        for (int i = borders.first; i <= borders.last; i++) {
            anyGauge |= at(i).hint() == CounterResetHint.GAUGE;
        }
        boolean bothGauge = at(borders.first).hint() == CounterResetHint.GAUGE
                && at(borders.last).hint() == CounterResetHint.GAUGE;
        if (counter && anyGauge) {
            annotations.notCounter(series);
        } else if (!counter && !bothGauge) {
            annotations.notGauge(series);
        }
    }

    /// Adds what was lost at resets. An interpolated start has made up for a reset before the next sample.
    private void correct(ExtendedRange.Borders borders, FloatHistogram left, FloatHistogram right) {
        int i = borders.innerFrom(w);
        FloatHistogram previous = left;
        if (borders.interpolatesStart) {
            if (borders.first + 1 >= borders.last) {
                return;
            }
            previous = at(borders.first + 1);
            i = borders.first + 2;
        }
        for (; i <= borders.innerLast(w); i++) {
            correct(previous, at(i));
            previous = at(i);
        }
        if (borders.innerLast(w) < borders.last) {
            correct(previous, right);
        }
    }

    private void correct(FloatHistogram previous, FloatHistogram next) {
        if (HistogramResets.isReset(next, previous)) {
            add(previous, false);
        }
    }

    private void add(FloatHistogram operand, boolean subtract) {
        work.operand.load(operand);
        int flags = result.add(work.operand, subtract);
        incompatible |= (flags & HistogramSum.INCOMPATIBLE) != 0;
        if ((flags & HistogramSum.RECONCILED) != 0) {
            annotations.reconciled(subtract ? "subtraction" : "addition");
        }
    }

    private FloatHistogram between(int index, long timeMs) {
        FloatHistogram result = between(w, index, timeMs, counter, work);
        incompatible |= result == null;
        return result == null ? at(index) : result;
    }

    /// The histogram between the sample and the next one; after a reset it grows from nothing. Null if the two do not
    /// go together.
    static @Nullable FloatHistogram between(Windows w, int index, long timeMs, boolean counter, HistogramWork work) {
        double fraction = (double) (timeMs - w.times[index]) / (w.times[index + 1] - w.times[index]);
        FloatHistogram low = w.histogramAt(index);
        FloatHistogram high = w.histogramAt(index + 1);
        if (low == null || high == null || low.hasCustomBounds() != high.hasCustomBounds()) {
            return null;
        }
        HistogramSum sum = work.sum;
        sum.load(high);
        if (counter && HistogramResets.isReset(high, low)) {
            sum.multiply(fraction);
            return sum.toHistogram();
        }
        work.operand.load(low);
        sum.add(work.operand, true);
        sum.multiply(fraction);
        work.operand.load(low);
        sum.add(work.operand, false);
        return sum.toHistogram();
    }
}
