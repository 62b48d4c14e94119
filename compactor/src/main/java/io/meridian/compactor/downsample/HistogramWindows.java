package io.meridian.compactor.downsample;

import io.meridian.model.FloatHistogram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Windows of histograms by ascending time, each with what is known of it: a count (NaN: none), a sum, a counter.
final class HistogramWindows {
    private long[] times = new long[64];
    private double[] counts = new double[64];
    private final List<@Nullable FloatHistogram> sums = new ArrayList<>();
    private final List<@Nullable FloatHistogram> counters = new ArrayList<>();
    private int size;

    int size() {
        return size;
    }

    void clear() {
        size = 0;
        sums.clear();
        counters.clear();
    }

    long time(int index) {
        return times[index];
    }

    long[] times() {
        return times;
    }

    double count(int index) {
        return counts[index];
    }

    @Nullable
    FloatHistogram sum(int index) {
        return sums.get(index);
    }

    @Nullable
    FloatHistogram counter(int index) {
        return counters.get(index);
    }

    void setCount(long timeMs, double count) {
        int at = place(timeMs);
        counts[at] = count;
    }

    void setSum(long timeMs, FloatHistogram sum) {
        sums.set(place(timeMs), sum);
    }

    void setCounter(long timeMs, FloatHistogram counter) {
        counters.set(place(timeMs), counter);
    }

    /// The window that ends at `timeMs`; nearly always the last, or a new one behind it.
    private int place(long timeMs) {
        int at = Arrays.binarySearch(times, 0, size, timeMs);
        if (at >= 0) {
            return at;
        }
        at = -at - 1;
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
        }
        System.arraycopy(times, at, times, at + 1, size - at);
        System.arraycopy(counts, at, counts, at + 1, size - at);
        times[at] = timeMs;
        counts[at] = Double.NaN;
        sums.add(at, null);
        counters.add(at, null);
        size++;
        return at;
    }
}
