package io.meridian.compactor.downsample;

import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.FloatHistogramEncoder;
import java.util.Arrays;

/// Writes the slots of an aggregate chunk one behind the other.
final class AggregatePayload {
    private static final int LENGTH_BYTES = 3;

    private long[] counterTimes = new long[256];
    private double[] counterValues = new double[256];

    /// Makes room for five slots of at most `count` samples.
    void begin(AggregateBatch out, int count) {
        out.ensure(5 * (XorColumnEncoder.bytesMax(count) + LENGTH_BYTES + 2));
    }

    /// A slot without an aggregate.
    void absent(AggregateBatch out) {
        out.ensure(1);
        out.bytes[out.used++] = 0;
    }

    /// A slot of float histograms; absent if there are none.
    void histograms(AggregateBatch out, FloatHistogramEncoder encoder) {
        if (encoder.sampleCount() == 0) {
            absent(out);
            return;
        }
        byte[] bytes = encoder.toBytes();
        out.ensure(bytes.length + LENGTH_BYTES + 4);
        out.used = XorColumnEncoder.putVarint(bytes.length, out.bytes, out.used);
        out.bytes[out.used++] = (byte) ChunkEncoding.FLOAT_HISTOGRAM.id();
        System.arraycopy(bytes, 0, out.bytes, out.used, bytes.length);
        out.used += bytes.length;
    }

    void column(AggregateBatch out, long[] times, double[] values, int count) {
        // The slot's length stands before it and is not known yet: leave room, then close the gap.
        int start = out.used;
        int data = start + LENGTH_BYTES + 1;
        int length = XorColumnEncoder.encode(times, values, 0, count, out.bytes, data) - data;
        int at = XorColumnEncoder.putVarint(length, out.bytes, start);
        out.bytes[at++] = (byte) ChunkEncoding.XOR.id();
        if (at != data) {
            System.arraycopy(out.bytes, data, out.bytes, at, length);
        }
        out.used = at + length;
    }

    /// The counter begins with the first raw sample and ends with the last raw value once more.
    void counter(AggregateBatch out, WindowColumns windows) {
        int count = windows.size;
        if (counterTimes.length < count + 2) {
            counterTimes = Arrays.copyOf(counterTimes, 2 * count + 2);
            counterValues = Arrays.copyOf(counterValues, 2 * count + 2);
        }
        counterTimes[0] = windows.firstTimeMs;
        counterValues[0] = windows.firstValue;
        System.arraycopy(windows.times, 0, counterTimes, 1, count);
        System.arraycopy(windows.counters, 0, counterValues, 1, count);
        counterTimes[count + 1] = windows.times[count - 1];
        counterValues[count + 1] = windows.lastValue;
        column(out, counterTimes, counterValues, count + 2);
    }
}
