package io.meridian.querier.dedup;

import io.meridian.model.SampleBuffer;

/// Reads counter sub-chunks as one counter that never falls (Thanos `downsample.ApplyCounterResetsSeriesIterator`).
///
/// A sub-chunk ends with a second sample at its last time, the true raw value, from which the next chunk goes on. NaNs,
/// stale markers among them, are left out; histograms pass as they are.
final class CounterReader {
    private final SampleBuffer target;
    private boolean hasFloat;
    /// Of the sample read last, handed out or not.
    private long lastMs = Long.MIN_VALUE;
    /// Nothing earlier is handed out until something later was: what two chunks share counts once.
    private long enterMs = Long.MIN_VALUE;
    private double lastValue;
    private double total;

    /// @param target receives the samples
    CounterReader(SampleBuffer target) {
        this.target = target;
    }

    /// Reads the next chunk's samples. Those that are not handed out still tell where the counter stands.
    void accept(SampleBuffer chunk) {
        if (lastMs != Long.MIN_VALUE) {
            enterMs = Math.max(enterMs, lastMs + 1);
        }
        var histograms = chunk.histograms();
        long[] times = chunk.times();
        double[] values = chunk.values();
        for (int i = 0; i < chunk.size(); i++) {
            if (histograms != null && histograms.isPresent(i)) {
                lastMs = times[i];
                if (enters()) {
                    target.append(chunk, i);
                }
            } else if (!Double.isNaN(values[i])) {
                acceptFloat(times[i], values[i]);
            }
        }
    }

    private void acceptFloat(long time, double value) {
        if (!hasFloat) {
            hasFloat = true;
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
        if (enters()) {
            target.append(time, total);
        }
    }

    private boolean enters() {
        if (lastMs < enterMs) {
            return false;
        }
        enterMs = Long.MIN_VALUE;
        return true;
    }
}
