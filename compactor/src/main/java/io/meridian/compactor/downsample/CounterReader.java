package io.meridian.compactor.downsample;

import java.util.Arrays;

/// Reads counter sub-chunks one after the other as one counter without resets (Thanos `ApplyCounterResets`): a value
/// that falls continues from the sum so far. A sample at the time of the one before is the true last value of its
/// chunk: it is not emitted, the next chunk is compared with it.
final class CounterReader {
    long[] times = new long[512];
    double[] values = new double[512];

    /// Number of samples emitted so far.
    int size;

    /// The true last value.
    double lastValue;

    private long lastMs;
    private double total;

    void clear() {
        size = 0;
        lastMs = 0;
        lastValue = 0;
        total = 0;
    }

    /// Reads the next sub-chunk; it may overlap the ones before.
    void read(long[] fromTimes, double[] fromValues, int count) {
        if (size + count > times.length) {
            int capacity = Math.max(size + count, 2 * times.length);
            times = Arrays.copyOf(times, capacity);
            values = Arrays.copyOf(values, capacity);
        }
        for (int i = 0; i < count; i++) {
            long time = fromTimes[i];
            double value = fromValues[i];
            if (Double.isNaN(value)) {
                continue;
            }
            if (size == 0) {
                total = value;
            } else if (time > lastMs) {
                total += value >= lastValue ? value - lastValue : value;
            } else {
                if (time == lastMs) {
                    lastValue = value;
                }
                continue;
            }
            lastMs = time;
            lastValue = value;
            times[size] = time;
            values[size++] = total;
        }
    }
}
