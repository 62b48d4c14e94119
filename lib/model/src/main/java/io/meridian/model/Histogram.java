package io.meridian.model;

import java.util.Arrays;

/// A native histogram with integer counts, as Prometheus stores it. Immutable.
///
/// Buckets hold differences: the first is a count, each later one the change against the bucket before it on its side.
public final class Histogram {
    private static final long[] NONE = new long[0];

    private final CounterResetHint hint;
    private final int schema;
    private final double zeroThreshold;
    private final long zeroCount;
    private final long count;
    private final double sum;
    private final Spans positiveSpans;
    private final long[] positiveDeltas;
    private final Spans negativeSpans;
    private final long[] negativeDeltas;
    private final double[] customValues;

    /// Keeps the arrays; nobody may write to them any more.
    ///
    /// @throws IllegalArgumentException if the number of buckets is not that of their spans
    public Histogram(
            CounterResetHint hint,
            int schema,
            double zeroThreshold,
            long zeroCount,
            long count,
            double sum,
            Spans positiveSpans,
            long[] positiveDeltas,
            Spans negativeSpans,
            long[] negativeDeltas,
            double[] customValues) {
        if (positiveSpans.bucketCount() != positiveDeltas.length) {
            throw new IllegalArgumentException("positive buckets: in spans=%d, given=%d"
                    .formatted(positiveSpans.bucketCount(), positiveDeltas.length));
        }
        if (negativeSpans.bucketCount() != negativeDeltas.length) {
            throw new IllegalArgumentException("negative buckets: in spans=%d, given=%d"
                    .formatted(negativeSpans.bucketCount(), negativeDeltas.length));
        }
        this.hint = hint;
        this.schema = schema;
        this.zeroThreshold = zeroThreshold;
        this.zeroCount = zeroCount;
        this.count = count;
        this.sum = sum;
        this.positiveSpans = positiveSpans;
        this.positiveDeltas = positiveDeltas;
        this.negativeSpans = negativeSpans;
        this.negativeDeltas = negativeDeltas;
        this.customValues = customValues;
    }

    /// The sample that says that a histogram series has ended.
    public static Histogram stale() {
        return new Histogram(
                CounterResetHint.UNKNOWN,
                0,
                0,
                0,
                0,
                StaleMarker.VALUE,
                Spans.NONE,
                NONE,
                Spans.NONE,
                NONE,
                new double[0]);
    }

    public CounterResetHint hint() {
        return hint;
    }

    public int schema() {
        return schema;
    }

    public boolean hasCustomBounds() {
        return schema == FloatHistogram.CUSTOM_SCHEMA;
    }

    public double zeroThreshold() {
        return zeroThreshold;
    }

    /// Unsigned.
    public long zeroCount() {
        return zeroCount;
    }

    /// Unsigned.
    public long count() {
        return count;
    }

    public double sum() {
        return sum;
    }

    public Spans positiveSpans() {
        return positiveSpans;
    }

    /// Differences between successive buckets; read only.
    public long[] positiveDeltas() {
        return positiveDeltas;
    }

    public Spans negativeSpans() {
        return negativeSpans;
    }

    /// Differences between successive buckets; read only.
    public long[] negativeDeltas() {
        return negativeDeltas;
    }

    /// Custom upper bounds, empty for exponential schemas; read only.
    public double[] customValues() {
        return customValues;
    }

    public boolean isStale() {
        return StaleMarker.is(sum);
    }

    public Histogram withHint(CounterResetHint newHint) {
        return newHint == hint
                ? this
                : new Histogram(
                        newHint,
                        schema,
                        zeroThreshold,
                        zeroCount,
                        count,
                        sum,
                        positiveSpans,
                        positiveDeltas,
                        negativeSpans,
                        negativeDeltas,
                        customValues);
    }

    /// The same histogram with absolute float counts.
    public FloatHistogram toFloat() {
        return new FloatHistogram(
                hint,
                schema,
                zeroThreshold,
                unsignedToDouble(zeroCount),
                unsignedToDouble(count),
                sum,
                positiveSpans,
                absolute(positiveDeltas),
                negativeSpans,
                absolute(negativeDeltas),
                customValues);
    }

    /// The nearest double, as Go converts a `uint64`.
    public static double unsignedToDouble(long value) {
        if (value >= 0) {
            return value;
        }
        return (double) ((value >>> 1) | (value & 1)) * 2;
    }

    private static double[] absolute(long[] deltas) {
        double[] counts = new double[deltas.length];
        double current = 0;
        for (int i = 0; i < deltas.length; i++) {
            current += deltas[i];
            counts[i] = current;
        }
        return counts;
    }

    /// Every field the same to the bit, the hint included.
    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof Histogram that
                        && hint == that.hint
                        && schema == that.schema
                        && sameBits(zeroThreshold, that.zeroThreshold)
                        && zeroCount == that.zeroCount
                        && count == that.count
                        && sameBits(sum, that.sum)
                        && positiveSpans.equals(that.positiveSpans)
                        && Arrays.equals(positiveDeltas, that.positiveDeltas)
                        && negativeSpans.equals(that.negativeSpans)
                        && Arrays.equals(negativeDeltas, that.negativeDeltas)
                        && Arrays.equals(customValues, that.customValues);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(count) + Double.hashCode(sum)) + Arrays.hashCode(positiveDeltas);
    }

    private static boolean sameBits(double a, double b) {
        return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
    }

    @Override
    public String toString() {
        return toFloat().toString();
    }
}
