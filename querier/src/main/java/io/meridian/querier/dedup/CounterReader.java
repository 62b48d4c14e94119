package io.meridian.querier.dedup;

import io.meridian.model.SampleBuffer;

/// Reads counter sub-chunks as one counter that never falls (Thanos `downsample.ApplyCounterResetsSeriesIterator`).
///
/// A sub-chunk ends with a second sample at its last time, the true raw value, from which the next chunk goes on. NaNs,
/// stale markers among them, are left out; histograms pass as they are.
final class CounterReader {
    private final SampleBuffer target;
    private boolean started;
    private long lastMs = Long.MIN_VALUE;
    private double lastValue;
    private double total;

    /// @param target receives the samples
    CounterReader(SampleBuffer target) {
        this.target = target;
    }

    /// Reads the next chunk's samples.
    void accept(SampleBuffer chunk) {
        var histograms = chunk.histograms();
        long[] times = chunk.times();
        double[] values = chunk.values();
        int count = chunk.size();
        int i = 0;
        // a later chunk is entered after the last time, so that what two chunks share counts once
        while (started && i < count && times[i] <= lastMs) {
            i++;
        }
        for (; i < count; i++) {
            if (histograms != null && histograms.isPresent(i)) {
                if (!started || times[i] > lastMs) {
                    target.append(chunk, i);
                    lastMs = times[i];
                    started = true;
                }
            } else if (!Double.isNaN(values[i])) {
                acceptFloat(times[i], values[i]);
            }
        }
    }

    private void acceptFloat(long time, double value) {
        if (!started) {
            started = true;
            total = value;
        } else if (time > lastMs) {
            total += value >= lastValue ? value - lastValue : value;
        } else if (time == lastMs) {
            lastValue = value;
            return;
        } else {
            return;
        }
        lastMs = time;
        lastValue = value;
        target.append(time, total);
    }
}
