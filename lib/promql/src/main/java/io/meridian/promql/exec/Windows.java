package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.StaleMarker;
import io.meridian.promql.plan.Grid;
import org.jspecify.annotations.Nullable;

/// The window of each step over the samples of one series: samples `from[k] <= i < to[k]` have times in
/// `(T - offset - range, T - offset]`.
final class Windows {
    /// Eight of 64 steps, so that steps taken eight at a time meet one of them.
    private static final int CHECK_MASK = 56;

    long[] times = new long[0];
    double[] values = new double[0];

    @Nullable
    HistogramColumn histograms;

    long @Nullable [] startTimes;
    int size;
    int[] from = new int[0];
    int[] to = new int[0];
    int steps;

    /// So many steps from the first on each begin and end [#stride] samples after the one before; 0 if that is not
    /// known.
    int staircase;

    int stride;

    long startMs;
    long stepMs;
    long offsetMs;
    long rangeMs;
    boolean pinned;

    final Ramp ramp = new Ramp();

    /// Of the query, where there is one to end.
    @Nullable
    QueryContext context;

    /// To be called at each step, or every few, where one costs as much as its window is long.
    ///
    /// @throws io.meridian.model.QueryException if the query was cancelled or its time is up
    void check(int step) {
        if ((step & CHECK_MASK) == 0 && context != null) {
            context.check();
        }
    }

    /// Bytes that are held, those of the samples apart.
    long retainedBytes() {
        return 4L * (from.length + to.length) + ramp.retainedBytes();
    }

    /// How far before and after its window a step may look.
    void slide(
            SampleBuffer buffer,
            Grid grid,
            long newOffsetMs,
            long newRangeMs,
            boolean isPinned,
            long before,
            long after) {
        dropStale(buffer);
        take(buffer);
        steps = grid.steps();
        startMs = grid.startMs();
        stepMs = grid.stepMs();
        offsetMs = newOffsetMs;
        rangeMs = newRangeMs;
        pinned = isPinned;
        if (from.length < steps) {
            from = new int[steps];
            to = new int[steps];
        }
        place(before, after);
    }

    /// The same steps over another buffer, such as one with the floats only.
    void slideLike(Windows other, SampleBuffer buffer) {
        take(buffer);
        steps = other.steps;
        startMs = other.startMs;
        stepMs = other.stepMs;
        offsetMs = other.offsetMs;
        rangeMs = other.rangeMs;
        pinned = other.pinned;
        if (from.length < steps) {
            from = new int[steps];
            to = new int[steps];
        }
        place(0, 0);
    }

    private void take(SampleBuffer buffer) {
        times = buffer.times();
        values = buffer.values();
        histograms = buffer.histograms();
        startTimes = buffer.startTimes();
        size = buffer.size();
    }

    private void place(long before, long after) {
        long[] t = times;
        int n = size;
        int low = 0;
        int high = 0;
        int k = 0;
        staircase = 0;
        if (!pinned) {
            long newest = startMs - offsetMs + after;
            long oldest = startMs - offsetMs - rangeMs - before;
            while (high < n && t[high] <= newest) {
                high++;
            }
            while (low < high && t[low] <= oldest) {
                low++;
            }
            stride = 0;
            while (high + stride < n && t[high + stride] <= newest + stepMs) {
                stride++;
            }
            int count = stride == 0 ? 0 : Math.min(steps, (n - high) / stride + 1);
            if (count > 1 && isStaircase(low, count, oldest) && isStaircase(high, count, newest)) {
                for (; k < count; k++) {
                    from[k] = low + stride * k;
                    to[k] = high + stride * k;
                }
                staircase = count;
                low = from[count - 1];
                high = to[count - 1];
            }
        }
        for (; k < steps; k++) {
            if (k == 0 || !pinned) {
                long end = startMs + k * stepMs - offsetMs;
                long newest = end + after;
                long oldest = end - rangeMs - before;
                while (high < n && t[high] <= newest) {
                    high++;
                }
                while (low < high && t[low] <= oldest) {
                    low++;
                }
            }
            from[k] = low;
            to[k] = high;
        }
    }

    /// Whether a border that moves with the steps passes as many samples at each of them. Neither branch nor product in
    /// the loop of one sample a step, so that it is vectorized.
    ///
    /// @param index of the first sample after the border at the first step
    private boolean isStaircase(int index, int count, long border) {
        long[] t = times;
        long[] moves = ramp.of(stepMs, count);
        long negative = 0;
        int last = index + stride * (count - 1);
        // behind the last sample there is none to be beyond the border
        boolean atEnd = last == size;
        int checked = atEnd ? count - 1 : count;
        if (atEnd) {
            negative = border + moves[count - 1] - t[last - 1];
        }
        if (stride == 1) {
            for (int i = 1; i < checked; i++) {
                long at = border + moves[i];
                negative |= at - t[index + i - 1] | t[index + i] - at - 1;
            }
        } else {
            for (int i = 1, next = index + stride; i < checked; i++, next += stride) {
                long at = border + moves[i];
                negative |= at - t[next - 1] | t[next] - at - 1;
            }
        }
        return negative >= 0;
    }

    @Nullable
    FloatHistogram histogramAt(int index) {
        return histograms == null ? null : histograms.get(index);
    }

    /// The step's time.
    long timeMs(int step) {
        return startMs + step * stepMs;
    }

    /// Right end of the step's window, inclusive.
    long endMs(int step) {
        return startMs + (pinned ? 0 : step * stepMs) - offsetMs;
    }

    /// The range as Go's `Duration.Seconds` has it.
    double rangeSeconds() {
        return Math.floorDiv(rangeMs, 1000L) + (double) (rangeMs % 1000 * 1_000_000) / 1e9;
    }

    private static void dropStale(SampleBuffer buffer) {
        int n = buffer.size();
        double[] values = buffer.values();
        HistogramColumn histograms = buffer.histograms();
        int first = 0;
        while (first < n && !isStale(values, histograms, first)) {
            first++;
        }
        if (first == n) {
            return;
        }
        long[] times = buffer.times();
        long[] startTimes = buffer.startTimes();
        int kept = first;
        for (int i = first + 1; i < n; i++) {
            if (!isStale(values, histograms, i)) {
                times[kept] = times[i];
                values[kept] = values[i];
                if (histograms != null) {
                    histograms.repeat(kept, i);
                }
                if (startTimes != null) {
                    startTimes[kept] = startTimes[i];
                }
                kept++;
            }
        }
        buffer.retain(0, kept);
    }

    private static boolean isStale(double[] values, @Nullable HistogramColumn histograms, int index) {
        return histograms != null && histograms.isPresent(index)
                ? histograms.isStale(index)
                : StaleMarker.is(values[index]);
    }
}
