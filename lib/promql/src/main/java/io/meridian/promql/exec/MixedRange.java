package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.SampleBuffer;
import io.meridian.promql.plan.RangeFunction;
import org.jspecify.annotations.Nullable;

/// Functions over windows that hold native histograms, alone or among floats: the two kinds are taken apart, and each
/// function says what becomes of which.
final class MixedRange {
    private final SampleBuffer floatBuffer = new SampleBuffer();
    private final SampleBuffer histogramBuffer = new SampleBuffer();
    private final Windows floats = new Windows();
    private final Windows histogramsOfMixed = new Windows();
    private final RowRate rowRate = new RowRate();

    /// Bytes that are held.
    long retainedBytes() {
        return floatBuffer.retainedBytes()
                + histogramBuffer.retainedBytes()
                + floats.retainedBytes()
                + histogramsOfMixed.retainedBytes()
                + rowRate.retainedBytes();
    }

    void fill(
            RangeFunction function,
            Windows all,
            double[][] parameters,
            boolean usesStartTimes,
            int series,
            RangeAnnotations annotations,
            Worker worker,
            Column target) {
        double[] out = target.values;
        switch (function) {
            case COUNT_OVER_TIME -> OverTimeKernels.count(all, out);
            case PRESENT_OVER_TIME, ABSENT_OVER_TIME -> OverTimeKernels.present(all, out);
            case TS_OF_FIRST_OVER_TIME -> OverTimeKernels.timeOfFirst(all, out);
            case TS_OF_LAST_OVER_TIME -> OverTimeKernels.timeOfLast(all, out);
            case FIRST_OVER_TIME, LAST_OVER_TIME -> border(all, function == RangeFunction.FIRST_OVER_TIME, target);
            case CHANGES, RESETS -> HistogramRange.compare(all, function == RangeFunction.RESETS, usesStartTimes, out);
            case IRATE, IDELTA ->
                HistogramRange.instantaneous(
                        all,
                        function == RangeFunction.IRATE,
                        usesStartTimes,
                        series,
                        annotations,
                        worker.histograms,
                        target);
            default -> {
                Windows histograms = split(all);
                apart(function, histograms, parameters, usesStartTimes, series, annotations, worker, target);
            }
        }
    }

    private static void border(Windows w, boolean first, Column target) {
        for (int k = 0; k < w.steps; k++) {
            if (w.from[k] < w.to[k]) {
                int i = first ? w.from[k] : w.to[k] - 1;
                if (w.histograms == null || !w.histograms.isPresent(i)) {
                    target.values[k] = w.values[i];
                } else {
                    target.requireHistograms().copy(k, w.histograms, i);
                }
            }
        }
    }

    /// Lays windows over the floats, and returns those of the histograms.
    private Windows split(Windows all) {
        floatBuffer.clear();
        histogramBuffer.clear();
        if (hasHistogramsOnly(all)) {
            floats.slideLike(all, floatBuffer);
            return all;
        }
        for (int i = 0; i < all.size; i++) {
            HistogramColumn column = all.histograms;
            boolean isFloat = column == null || !column.isPresent(i);
            SampleBuffer buffer = isFloat ? floatBuffer : histogramBuffer;
            if (column != null && !isFloat) {
                buffer.appendTime(all.times[i]).copy(buffer.size() - 1, column, i);
            } else {
                buffer.append(all.times[i], all.values[i]);
            }
            if (all.startTimes != null) {
                buffer.setStartTime(all.startTimes[i]);
            }
        }
        floats.slideLike(all, floatBuffer);
        histogramsOfMixed.slideLike(all, histogramBuffer);
        return histogramsOfMixed;
    }

    private static boolean hasHistogramsOnly(Windows all) {
        for (int i = 0; i < all.size; i++) {
            if (all.histograms == null || !all.histograms.isPresent(i)) {
                return false;
            }
        }
        return true;
    }

    private void apart(
            RangeFunction function,
            Windows histograms,
            double[][] parameters,
            boolean usesStartTimes,
            int series,
            RangeAnnotations annotations,
            Worker worker,
            Column target) {
        double[] out = target.values;
        // Smoothing refuses its factors wherever there is a sample of any kind, quantiles are looked at with floats
        // only.
        annotations.checkParameters(
                function == RangeFunction.DOUBLE_EXPONENTIAL_SMOOTHING ? worker.windows : floats, parameters);
        if ((function == RangeFunction.RATE || function == RangeFunction.INCREASE)
                && usesStartTimes
                && floats.startTimes != null) {
            var overlaps = new RateKernel.OverlapCount(histograms);
            RateKernel.withStartTimes(floats, floats.startTimes, function == RangeFunction.RATE, out, overlaps);
            annotations.overlaps(series, overlaps.count);
        } else {
            FloatRange.fill(function, floats, parameters, usesStartTimes, worker.scratch, out);
        }
        switch (function) {
            case RATE, INCREASE, DELTA -> {
                dropMixed(histograms, series, annotations, out);
                HistogramColumn column = histograms.histograms;
                boolean startTimes = usesStartTimes && histograms.startTimes != null;
                if (floats.size == 0
                        && histograms.size > 0
                        && column != null
                        && !startTimes
                        && RowRate.applies(column, histograms.size)) {
                    rowRate.fill(histograms, column, function, series, annotations, target);
                    return;
                }
                var rate =
                        new HistogramRate(histograms, function, usesStartTimes, series, annotations, worker.histograms);
                for (int k = 0; k < floats.steps; k++) {
                    worker.windows.check(k);
                    if (isEmpty(floats, k)) {
                        set(target, k, rate.at(k));
                    }
                }
                annotations.overlaps(series, rate.overlapCount());
            }
            case SUM_OVER_TIME, AVG_OVER_TIME -> {
                dropMixed(histograms, series, annotations, out);
                boolean average = function == RangeFunction.AVG_OVER_TIME;
                var mean = new HistogramMean(average);
                for (int k = 0; k < floats.steps; k++) {
                    worker.windows.check(k);
                    if (isEmpty(floats, k) && !isEmpty(histograms, k)) {
                        set(
                                target,
                                k,
                                HistogramRange.mean(histograms, k, mean, series, annotations, worker.histograms));
                    }
                }
            }
            default -> {
                for (int k = 0; k < floats.steps; k++) {
                    if (!isEmpty(floats, k) && !isEmpty(histograms, k)) {
                        annotations.ignoredHistograms(series);
                    }
                }
            }
        }
    }

    private void dropMixed(Windows histograms, int series, RangeAnnotations annotations, double[] out) {
        for (int k = 0; k < floats.steps; k++) {
            if (!isEmpty(floats, k) && !isEmpty(histograms, k)) {
                out[k] = Column.ABSENT;
                annotations.mixed(series);
            }
        }
    }

    private static boolean isEmpty(Windows w, int step) {
        return w.from[step] == w.to[step];
    }

    private static void set(Column target, int step, @Nullable FloatHistogram histogram) {
        if (histogram != null) {
            target.requireHistograms().set(step, histogram);
        }
    }
}
