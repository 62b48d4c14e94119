package io.meridian.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Decoded samples of one series as columns, in time order. Owned and reused by one worker: decoders append, kernels
/// read the arrays directly up to [#size].
///
/// The histogram column exists only once a histogram was appended (an empty entry is a float sample); the
/// start-timestamp column only once a start timestamp was.
public final class SampleBuffer {
    private static final int CAPACITY_FIRST = 256;

    private long[] times = new long[CAPACITY_FIRST];
    private double[] values = new double[CAPACITY_FIRST];
    private @Nullable HistogramColumn histograms;
    private @Nullable HistogramColumn spare;
    private long @Nullable [] startTimes;
    private long[] workspace = {};
    private int size;

    /// Number of samples.
    public int size() {
        return size;
    }

    /// Times in milliseconds; valid up to [#size] and until the next append.
    public long[] times() {
        return times;
    }

    /// Values; undefined where the sample is a histogram. Valid up to [#size] and until the next append.
    public double[] values() {
        return values;
    }

    /// Histograms, or null if every sample is a float.
    public @Nullable HistogramColumn histograms() {
        return histograms;
    }

    /// Start timestamps in milliseconds (0: unknown), or null if none is known.
    public long @Nullable [] startTimes() {
        return startTimes;
    }

    /// Room of undefined content for a decoder while it runs.
    public long[] workspace(int length) {
        if (workspace.length < length) {
            workspace = new long[length];
        }
        return workspace;
    }

    /// Forgets all samples and both optional columns; keeps the arrays.
    public void clear() {
        size = 0;
        histograms = null;
        startTimes = null;
    }

    /// Makes room for `count` more samples, so that a decoder may write to the arrays and then call [#advance].
    public void ensure(int count) {
        int needed = Math.addExact(size, count);
        if (needed > times.length) {
            int capacity = Math.max(needed, times.length + (times.length >> 1));
            times = Arrays.copyOf(times, capacity);
            values = Arrays.copyOf(values, capacity);
            if (histograms != null) {
                histograms.ensure(capacity);
            }
            if (startTimes != null) {
                startTimes = Arrays.copyOf(startTimes, capacity);
            }
        }
    }

    /// Counts samples that were written to the arrays directly.
    public void advance(int count) {
        assert size + count <= times.length : count;
        if (histograms != null) {
            histograms.clear(size, size + count);
        }
        if (startTimes != null) {
            Arrays.fill(startTimes, size, size + count, 0);
        }
        size += count;
    }

    public void append(long timeMs, double value) {
        ensure(1);
        times[size] = timeMs;
        values[size] = value;
        advance(1);
    }

    public void append(long timeMs, FloatHistogram histogram) {
        appendTime(timeMs).set(size - 1, histogram);
    }

    /// Appends a sample whose histogram, of index [#size] less one, is yet to be put into the column that is returned.
    public HistogramColumn appendTime(long timeMs) {
        append(timeMs, 0);
        if (histograms == null) {
            histograms = emptyColumn();
        }
        return histograms;
    }

    private HistogramColumn emptyColumn() {
        HistogramColumn column = spare;
        if (column == null) {
            column = new HistogramColumn(times.length);
            spare = column;
        }
        column.clear();
        column.ensure(times.length);
        return column;
    }

    /// The layout, as the same object again and again while layouts do not change.
    public BucketLayout layoutOf(
            int schema, double zeroThreshold, Spans positive, Spans negative, double[] customValues) {
        if (spare == null) {
            spare = new HistogramColumn(times.length);
        }
        return spare.layoutOf(schema, zeroThreshold, positive, negative, customValues);
    }

    /// Appends one sample of another buffer, with its start timestamp.
    public void append(SampleBuffer source, int index) {
        HistogramColumn column = source.histograms;
        if (column == null || !column.isPresent(index)) {
            append(source.times[index], source.values[index]);
        } else {
            appendTime(source.times[index]).copy(size - 1, column, index);
        }
        if (source.startTimes != null) {
            setStartTime(source.startTimes[index]);
        }
    }

    /// Sets the start timestamp of the last appended sample.
    public void setStartTime(long startTimeMs) {
        if (startTimes == null) {
            if (startTimeMs == 0) {
                return;
            }
            startTimes = new long[times.length];
        }
        startTimes[size - 1] = startTimeMs;
    }

    /// Sets the start timestamps of the last `source.length` samples.
    public void setStartTimes(long[] source) {
        if (startTimes == null) {
            if (Arrays.stream(source).allMatch(startTimeMs -> startTimeMs == 0)) {
                return;
            }
            startTimes = new long[times.length];
        }
        System.arraycopy(source, 0, startTimes, size - source.length, source.length);
    }

    /// Of the samples from `fromIndex` on, which ascend, keeps those within the range.
    public void clip(int fromIndex, TimeRange range) {
        int to = size;
        while (to > fromIndex && times[to - 1] > range.maxMs()) {
            to--;
        }
        int from = fromIndex;
        while (from < to && times[from] < range.minMs()) {
            from++;
        }
        if (from > fromIndex) {
            move(from, fromIndex, to - from);
        }
        size = fromIndex + to - from;
    }

    /// Of the samples from `fromIndex` on, which may be in any order, keeps those within the range that are later than
    /// what was kept before them.
    public void clipUnordered(int fromIndex, TimeRange range) {
        int kept = fromIndex;
        for (int i = fromIndex; i < size; i++) {
            if (range.contains(times[i]) && (kept == fromIndex || times[i] > times[kept - 1])) {
                if (i > kept) {
                    move(i, kept, 1);
                }
                kept++;
            }
        }
        size = kept;
    }

    private void move(int from, int to, int count) {
        System.arraycopy(times, from, times, to, count);
        System.arraycopy(values, from, values, to, count);
        if (histograms != null) {
            histograms.move(from, to, count);
        }
        if (startTimes != null) {
            System.arraycopy(startTimes, from, startTimes, to, count);
        }
    }

    /// Keeps the samples with `fromIndex <= i < toIndex` only.
    public void retain(int fromIndex, int toIndex) {
        int count = toIndex - fromIndex;
        if (fromIndex > 0) {
            move(fromIndex, 0, count);
        }
        size = count;
    }

    /// Bytes this buffer holds.
    public long retainedBytes() {
        return 16L * times.length
                + (histograms == null ? 0 : histograms.retainedBytes())
                + (startTimes == null ? 0 : 8L * startTimes.length);
    }
}
