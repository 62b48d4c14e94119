package io.meridian.promql.exec;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramResets;
import io.meridian.model.histogram.HistogramSum;
import io.meridian.promql.plan.RangeFunction;
import org.jspecify.annotations.Nullable;

/// rate, increase and delta over windows that hold native histograms only.
final class HistogramRate {
    private final Windows w;
    private final boolean counter;
    private final double rangeSeconds;
    private final boolean usesStartTimes;
    private final int series;
    private final RangeAnnotations annotations;
    private final HistogramWork work;
    private final byte[] resets;
    private long overlapCount;

    HistogramRate(
            Windows windows,
            RangeFunction function,
            boolean usesStartTimes,
            int series,
            RangeAnnotations annotations,
            HistogramWork work) {
        w = windows;
        counter = function != RangeFunction.DELTA;
        rangeSeconds = function == RangeFunction.RATE ? windows.rangeSeconds() : 0;
        this.usesStartTimes = usesStartTimes && counter && windows.startTimes != null;
        this.series = series;
        this.annotations = annotations;
        this.work = work;
        resets = new byte[windows.size];
    }

    private FloatHistogram histogram(int index) {
        FloatHistogram histogram = w.histograms == null ? null : w.histograms.get(index);
        if (histogram == null) {
            throw new IllegalStateException("not a histogram: index=" + index);
        }
        return histogram;
    }

    /// Whether the counter was reset before the sample; found out once.
    private boolean isReset(int index) {
        if (resets[index] == 0) {
            boolean reset = isStartReset(index) || HistogramResets.isReset(histogram(index), histogram(index - 1));
            resets[index] = (byte) (reset ? 2 : 1);
        }
        return resets[index] == 2;
    }

    private boolean isStartReset(int index) {
        return usesStartTimes && w.startTimes != null && StartTimes.isReset(w.times, w.startTimes, index);
    }

    private boolean overlaps(int from, int last) {
        long[] startTimes = usesStartTimes ? w.startTimes : null;
        for (int i = from + 1; startTimes != null && i <= last; i++) {
            if (StartTimes.overlaps(w.times, startTimes, i)) {
                return true;
            }
        }
        return false;
    }

    /// In how many windows with a result a sample had a start time before the sample before it.
    long overlapCount() {
        return overlapCount;
    }

    private boolean isGauge(int index) {
        return histogram(index).hint() == CounterResetHint.GAUGE;
    }

    @Nullable
    FloatHistogram at(int step) {
        int from = w.from[step];
        int last = w.to[step] - 1;
        if (last < from) {
            return null;
        }
        long start = usesStartTimes && w.startTimes != null ? w.startTimes[from] : 0;
        boolean startsInside = start != 0 && w.endMs(step) - w.rangeMs < start && start < w.times[from];
        if (last == from && !startsInside) {
            return null;
        }
        if (!difference(from, last)) {
            return null;
        }
        if (overlaps(from, last)) {
            overlapCount++;
        }
        HistogramSum result = work.sum;
        if (!counter && (!isGauge(from) || !isGauge(last))) {
            annotations.notGauge(series);
        }
        if (last > from) {
            // A lone histogram that starts inside keeps its hint.
            result.setHint(CounterResetHint.GAUGE);
        }
        result.compact();
        if (startsInside) {
            // after the empty buckets are gone: those of the first sample stay
            work.operand.load(histogram(from));
            int flags = result.add(work.operand, false);
            if ((flags & HistogramSum.INCOMPATIBLE) != 0) {
                annotations.mixedSchemas(series);
                return null;
            }
            if ((flags & HistogramSum.RECONCILED) != 0) {
                annotations.reconciled("addition");
            }
        }
        double zeroPortion = counter && result.count() > 0 && histogram(from).count() >= 0
                ? histogram(from).count() / result.count()
                : -1;
        result.multiply(RateKernel.factor(
                w.endMs(step),
                w.rangeMs,
                w.times[from],
                w.times[last],
                last - from,
                zeroPortion,
                counter,
                rangeSeconds,
                startsInside ? start : 0));
        return result.toHistogram();
    }

    /// Leaves last less first, resets made up for, in the work's sum. Returns whether that was possible.
    private boolean difference(int from, int last) {
        FloatHistogram end = histogram(last);
        boolean notCounter = counter && last > from && (isGauge(from) || isGauge(last));
        boolean skipsFirst = last > from && counter && isReset(from + 1);
        FloatHistogram begin = histogram(from);
        boolean custom = skipsFirst ? histogram(from + 1).hasCustomBounds() : begin.hasCustomBounds();
        int schema = Math.min(skipsFirst ? histogram(from + 1).schema() : begin.schema(), end.schema());
        if (end.hasCustomBounds() != custom) {
            if (notCounter) {
                annotations.notCounter(series);
            }
            annotations.mixedSchemas(series);
            return false;
        }
        if (counter) {
            for (int i = from + 1; i < last; i++) {
                notCounter |= isGauge(i);
                schema = Math.min(schema, histogram(i).schema());
                if (histogram(i).hasCustomBounds() != custom) {
                    annotations.mixedSchemas(series);
                    return false;
                }
            }
        }
        if (notCounter) {
            annotations.notCounter(series);
        }
        HistogramSum sum = work.sum;
        sum.load(end);
        sum.reduceTo(schema);
        if (!skipsFirst || custom) {
            // What comes before a reset counts as an empty histogram, whose bounds still count.
            if (skipsFirst) {
                work.operand.loadEmptyLike(histogram(from + 1));
            } else {
                work.operand.load(begin);
            }
            if ((sum.add(work.operand, true) & HistogramSum.RECONCILED) != 0) {
                annotations.reconciled("subtraction");
            }
        }
        if (counter) {
            for (int i = from + (skipsFirst ? 2 : 1); i <= last; i++) {
                if (isReset(i)) {
                    work.operand.load(histogram(i - 1));
                    if ((sum.add(work.operand, false) & HistogramSum.RECONCILED) != 0) {
                        annotations.reconciled("addition");
                    }
                }
            }
        }
        return true;
    }
}
