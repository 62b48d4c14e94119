package io.meridian.model.chunk;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.SampleBuffer;
import io.meridian.model.StaleMarker;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Decoded samples of one series in time order, integer histograms kept as such: what merging and re-encoding of
/// chunks works on. The query engine has [SampleBuffer], where every histogram is a float histogram.
public final class ExactSamples {
    /// What a sample is; a chunk holds samples of one kind.
    public enum Kind {
        FLOAT,
        HISTOGRAM,
        FLOAT_HISTOGRAM
    }

    private long[] times = new long[128];
    private long[] startTimes = new long[128];
    private double[] values = new double[128];
    private @Nullable Object[] histograms = new Object[128];
    private int size;

    /// Number of samples.
    public int size() {
        return size;
    }

    public void clear() {
        Arrays.fill(histograms, 0, size, null);
        size = 0;
    }

    public Kind kind(int index) {
        Object histogram = histograms[index];
        if (histogram == null) {
            return Kind.FLOAT;
        }
        return histogram instanceof Histogram ? Kind.HISTOGRAM : Kind.FLOAT_HISTOGRAM;
    }

    /// Times in milliseconds; valid up to [#size] and until the next append; read only.
    public long[] times() {
        return times;
    }

    public long time(int index) {
        return times[index];
    }

    /// Start timestamp in milliseconds, 0 for unknown.
    public long startTime(int index) {
        return startTimes[index];
    }

    /// The value of a float sample.
    public double value(int index) {
        return values[index];
    }

    /// The histogram of a sample of kind HISTOGRAM.
    public Histogram histogram(int index) {
        return (Histogram) Objects.requireNonNull(histograms[index]);
    }

    /// The histogram of a sample of kind FLOAT_HISTOGRAM.
    public FloatHistogram floatHistogram(int index) {
        return (FloatHistogram) Objects.requireNonNull(histograms[index]);
    }

    /// Whether the sample marks the end of its series.
    public boolean isStale(int index) {
        return switch (kind(index)) {
            case FLOAT -> StaleMarker.is(values[index]);
            case HISTOGRAM -> histogram(index).isStale();
            case FLOAT_HISTOGRAM -> floatHistogram(index).isStale();
        };
    }

    public void append(long startTimeMs, long timeMs, double value) {
        int at = begin(startTimeMs, timeMs);
        values[at] = value;
    }

    public void append(long startTimeMs, long timeMs, Histogram histogram) {
        int at = begin(startTimeMs, timeMs);
        histograms[at] = histogram;
    }

    public void append(long startTimeMs, long timeMs, FloatHistogram histogram) {
        int at = begin(startTimeMs, timeMs);
        histograms[at] = histogram;
    }

    /// Appends a sample of another column.
    public void append(ExactSamples source, int index) {
        int at = begin(source.startTimes[index], source.times[index]);
        values[at] = source.values[index];
        histograms[at] = source.histograms[index];
    }

    /// Forgets what is known of a reset before a counter histogram.
    void forgetReset(int index) {
        Object histogram = histograms[index];
        if (histogram instanceof Histogram integer && integer.hint() != CounterResetHint.GAUGE) {
            histograms[index] = integer.withHint(CounterResetHint.UNKNOWN);
        } else if (histogram instanceof FloatHistogram floats && floats.hint() != CounterResetHint.GAUGE) {
            histograms[index] = floats.withHint(CounterResetHint.UNKNOWN);
        }
    }

    private int begin(long startTimeMs, long timeMs) {
        if (size == times.length) {
            int capacity = 2 * size;
            times = Arrays.copyOf(times, capacity);
            startTimes = Arrays.copyOf(startTimes, capacity);
            values = Arrays.copyOf(values, capacity);
            histograms = Arrays.copyOf(histograms, capacity);
        }
        times[size] = timeMs;
        startTimes[size] = startTimeMs;
        return size++;
    }

    /// Appends every sample of the chunk.
    ///
    /// @throws io.meridian.model.CorruptDataException as [ChunkCodec#decode] does
    public void decode(EncodedChunk chunk) {
        byte[] data = chunk.array();
        int offset = chunk.offset();
        int length = chunk.length();
        switch (chunk.encoding()) {
            case HISTOGRAM, HISTOGRAM_ST -> HistogramChunk.decodeExact(chunk.encoding(), data, offset, length, this);
            case FLOAT_HISTOGRAM, FLOAT_HISTOGRAM_ST ->
                FloatHistogramChunk.decodeExact(chunk.encoding(), data, offset, length, this);
            case XOR, XOR2, AGGREGATE -> {
                var buffer = new SampleBuffer();
                ChunkCodec.decode(chunk, buffer);
                append(buffer);
            }
        }
    }

    /// Appends every sample of a buffer, its histograms as float histograms.
    public void append(SampleBuffer buffer) {
        long[] starts = buffer.startTimes();
        HistogramColumn floats = buffer.histograms();
        for (int i = 0; i < buffer.size(); i++) {
            long startTime = starts == null ? 0 : starts[i];
            FloatHistogram histogram = floats == null ? null : floats.get(i);
            if (histogram == null) {
                append(startTime, buffer.times()[i], buffer.values()[i]);
            } else {
                append(startTime, buffer.times()[i], histogram);
            }
        }
    }
}
