package io.meridian.promql.exec;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.SampleBuffer;
import io.meridian.model.StaleMarker;
import io.meridian.model.histogram.HistogramSum;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan.Facet;
import org.jspecify.annotations.Nullable;

/// The newest sample at each step that is not older than the lookback. A stale marker is absence, and has its bits.
final class InstantKernel {
    private InstantKernel() {}

    static void samples(SampleBuffer buffer, Grid grid, long offsetMs, long lookbackMs, Ramp ramp, Column target) {
        long[] times = buffer.times();
        double[] values = buffer.values();
        double[] out = target.values;
        HistogramColumn histograms = buffer.histograms();
        int before = -1;
        int n = buffer.size();
        int next = 0;
        long time = grid.startMs() - offsetMs;
        int k = 0;
        if (histograms == null) {
            while (next < n && times[next] <= time) {
                next++;
            }
            int stride = 0;
            while (next + stride < n && times[next + stride] <= time + grid.stepMs()) {
                stride++;
            }
            int count = stride == 0 ? 0 : Math.min(out.length, (n - next + stride - 1) / stride);
            long[] moves = ramp.of(grid.stepMs(), count);
            if (next > 0 && count > 1 && isOneEach(times, next - 1, stride, count, time, moves, lookbackMs)) {
                pick(values, next - 1, stride, count, out);
                k = count;
                time += count * grid.stepMs();
            }
        }
        for (; k < out.length; k++, time += grid.stepMs()) {
            while (next < n && times[next] <= time) {
                next++;
            }
            if (next > 0 && times[next - 1] > time - lookbackMs) {
                int i = next - 1;
                if (histograms == null || !histograms.isPresent(i)) {
                    out[k] = values[i];
                } else if (!histograms.isStale(i)) {
                    HistogramColumn column = target.requireHistograms();
                    if (i == before) {
                        column.repeat(k, k - 1);
                    } else {
                        column.copy(k, histograms, i);
                    }
                    before = i;
                }
            }
        }
    }

    /// Whether each of some steps sees its own sample: the first step the first, and each other the one that comes so
    /// many after the last. No branch in the loops, so that those of one sample a step are vectorized.
    private static boolean isOneEach(
            long[] times, int first, int stride, int count, long startMs, long[] steps, long lookbackMs) {
        long negative = 0;
        if (stride == 1) {
            for (int i = 0; i < count; i++) {
                long age = startMs + steps[i] - times[first + i];
                negative |= age | lookbackMs - 1 - age;
            }
            for (int i = 0; i < count; i++) {
                negative |= times[first + 1 + i] - 1 - (startMs + steps[i]);
            }
        } else {
            for (int i = 0, index = first; i < count; i++, index += stride) {
                long time = startMs + steps[i];
                long age = time - times[index];
                negative |= age | lookbackMs - 1 - age | times[index + 1] - 1 - time;
            }
        }
        return negative >= 0;
    }

    private static void pick(double[] values, int first, int stride, int count, double[] out) {
        if (stride == 1) {
            System.arraycopy(values, first, out, 0, count);
        } else {
            for (int i = 0, index = first; i < count; i++, index += stride) {
                out[i] = values[index];
            }
        }
    }

    private static void histogram(@Nullable FloatHistogram histogram, int step, Column target) {
        if (histogram != null) {
            target.values[step] = Column.ABSENT;
            if (!StaleMarker.is(histogram.sum())) {
                target.requireHistograms().set(step, histogram);
            }
        }
    }

    /// Times of the samples, or their start times, in seconds.
    static void times(SampleBuffer buffer, Grid grid, long offsetMs, long lookbackMs, Facet facet, double[] out) {
        long[] times = buffer.times();
        double[] values = buffer.values();
        long[] startTimes = buffer.startTimes();
        HistogramColumn histograms = buffer.histograms();
        int next = 0;
        long time = grid.startMs() - offsetMs;
        for (int k = 0; k < out.length; k++, time += grid.stepMs()) {
            while (next < buffer.size() && times[next] <= time) {
                next++;
            }
            int i = next - 1;
            if (next > 0 && times[i] > time - lookbackMs) {
                boolean stale = histograms != null && histograms.isPresent(i)
                        ? histograms.isStale(i)
                        : StaleMarker.is(values[i]);
                if (!stale) {
                    out[k] = facet == Facet.TIMESTAMP
                            ? times[i] / 1000.0
                            : startTimes == null ? 0 : startTimes[i] / 1000.0;
                }
            }
        }
    }

    /// `smoothed`: between two samples the line through them, after the last one its value. The windows look one
    /// lookback back and ahead; stale markers are gone.
    static void smoothed(Windows windows, int series, RangeAnnotations annotations, HistogramWork work, Column target) {
        long[] times = windows.times;
        double[] values = windows.values;
        for (int k = 0; k < windows.steps; k++) {
            int from = windows.from[k];
            int to = windows.to[k];
            if (isMixed(windows, from, to)) {
                annotations.mixed(series);
                continue;
            }
            long time = windows.endMs(k);
            int after = from;
            while (after < to && times[after] < time) {
                after++;
            }
            boolean exact = after < to && times[after] == time;
            if (exact || after > from && after == to) {
                int i = exact ? after : after - 1;
                target.values[k] = values[i];
                FloatHistogram found = windows.histogramAt(i);
                // The hint is about neighbours that are both there.
                histogram(exact || found == null ? found : found.withHint(CounterResetHint.UNKNOWN), k, target);
            } else if (after > from && windows.histogramAt(after) != null) {
                between(windows, after, time, series, annotations, work, k, target);
            } else if (after > from) {
                double y = values[after - 1];
                target.values[k] =
                        y + (values[after] - y) * (time - times[after - 1]) / (times[after] - times[after - 1]);
            }
        }
    }

    private static void between(
            Windows windows,
            int after,
            long time,
            int series,
            RangeAnnotations annotations,
            HistogramWork work,
            int step,
            Column target) {
        boolean counter = !isGauge(windows.histogramAt(after - 1)) || !isGauge(windows.histogramAt(after));
        ExtendedHistograms.Interpolated flags = ExtendedHistograms.interpolate(windows, after - 1, time, counter, work);
        if (flags.isIncompatible()) {
            annotations.mixedSchemas(series);
        } else {
            if ((flags.subtraction() & HistogramSum.RECONCILED) != 0) {
                annotations.reconciled("subtraction");
            }
            if ((flags.addition() & HistogramSum.RECONCILED) != 0) {
                annotations.reconciled("addition");
            }
            target.requireHistograms().set(step, work.sum.toHistogram());
        }
    }

    private static boolean isGauge(@Nullable FloatHistogram histogram) {
        return histogram != null && histogram.hint() == CounterResetHint.GAUGE;
    }

    private static boolean isMixed(Windows windows, int from, int to) {
        int count = 0;
        for (int i = from; i < to && windows.histograms != null; i++) {
            count += windows.histograms.isPresent(i) ? 1 : 0;
        }
        return count > 0 && count < to - from;
    }
}
