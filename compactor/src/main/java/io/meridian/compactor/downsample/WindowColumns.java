package io.meridian.compactor.downsample;

import java.util.Arrays;

/// The windows of one output chunk as columns, in time order. Reused by one worker.
final class WindowColumns {
    private static final int CAPACITY_FIRST = 256;

    long[] times = new long[CAPACITY_FIRST];
    double[] counts = new double[CAPACITY_FIRST];
    double[] sums = new double[CAPACITY_FIRST];
    double[] mins = new double[CAPACITY_FIRST];
    double[] maxs = new double[CAPACITY_FIRST];
    double[] counters = new double[CAPACITY_FIRST];
    int size;

    /// The first raw sample, which opens the counter, and the value of the last one, which closes it.
    long firstTimeMs;

    double firstValue;
    double lastValue;

    void clear() {
        size = 0;
    }

    void append(long timeMs, double count, double sum, double min, double max, double counter) {
        if (size == times.length) {
            grow();
        }
        times[size] = timeMs;
        counts[size] = count;
        sums[size] = sum;
        mins[size] = min;
        maxs[size] = max;
        counters[size] = counter;
        size++;
    }

    private void grow() {
        int capacity = 2 * size;
        times = Arrays.copyOf(times, capacity);
        counts = Arrays.copyOf(counts, capacity);
        sums = Arrays.copyOf(sums, capacity);
        mins = Arrays.copyOf(mins, capacity);
        maxs = Arrays.copyOf(maxs, capacity);
        counters = Arrays.copyOf(counters, capacity);
    }
}
