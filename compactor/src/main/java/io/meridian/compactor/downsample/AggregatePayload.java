package io.meridian.compactor.downsample;

import java.util.Arrays;

/// Writes the slots of an aggregate chunk one behind the other.
final class AggregatePayload {
    private static final int XOR_ID = 1;
    private static final int LENGTH_BYTES = 3;

    private long[] counterTimes = new long[256];
    private double[] counterValues = new double[256];

    /// Makes room for five slots of at most `count` samples.
    void begin(AggregateBatch out, int count) {
        out.ensure(5 * (XorColumnEncoder.bytesMax(count) + LENGTH_BYTES + 2));
    }

    /// A slot without an aggregate.
    void absent(AggregateBatch out) {
        out.bytes[out.used++] = 0;
    }

    void column(AggregateBatch out, long[] times, double[] values, int count) {
        // The slot's length stands before it and is not known yet: leave room, then close the gap.
        int start = out.used;
        int data = start + LENGTH_BYTES + 1;
        int length = XorColumnEncoder.encode(times, values, 0, count, out.bytes, data) - data;
        int at = XorColumnEncoder.putVarint(length, out.bytes, start);
        out.bytes[at++] = XOR_ID;
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
