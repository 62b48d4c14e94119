package io.meridian.model;

import io.meridian.model.histogram.HistogramText;
import java.util.Arrays;

/// A native histogram with float counts: what the query engine works on. Immutable.
///
/// Buckets hold absolute counts, one per slot of their spans. Custom bounds (schema [#CUSTOM_SCHEMA]) are upper bounds
/// in ascending order without +Inf; such a histogram has positive buckets only.
public final class FloatHistogram {
    /// The schema of histograms with custom bounds.
    public static final int CUSTOM_SCHEMA = -53;

    public static final int SCHEMA_MIN = -4;
    public static final int SCHEMA_MAX = 8;

    private static final double[] NONE = new double[0];

    private final CounterResetHint hint;
    private final int schema;
    private final double zeroThreshold;
    private final double zeroCount;
    private final double count;
    private final double sum;
    private final Spans positiveSpans;
    private final double[] positiveBuckets;
    private final Spans negativeSpans;
    private final double[] negativeBuckets;
    private final double[] customValues;

    /// Keeps the arrays; nobody may write to them any more.
    ///
    /// @throws IllegalArgumentException if the number of buckets is not that of their spans
    public FloatHistogram(
            CounterResetHint hint,
            int schema,
            double zeroThreshold,
            double zeroCount,
            double count,
            double sum,
            Spans positiveSpans,
            double[] positiveBuckets,
            Spans negativeSpans,
            double[] negativeBuckets,
            double[] customValues) {
        if (positiveSpans.bucketCount() != positiveBuckets.length) {
            throw new IllegalArgumentException("positive buckets: in spans=%d, given=%d"
                    .formatted(positiveSpans.bucketCount(), positiveBuckets.length));
        }
        if (negativeSpans.bucketCount() != negativeBuckets.length) {
            throw new IllegalArgumentException("negative buckets: in spans=%d, given=%d"
                    .formatted(negativeSpans.bucketCount(), negativeBuckets.length));
        }
        this.hint = hint;
        this.schema = schema;
        this.zeroThreshold = zeroThreshold;
        this.zeroCount = zeroCount;
        this.count = count;
        this.sum = sum;
        this.positiveSpans = positiveSpans;
        this.positiveBuckets = positiveBuckets;
        this.negativeSpans = negativeSpans;
        this.negativeBuckets = negativeBuckets;
        this.customValues = customValues;
    }

    /// A histogram without buckets.
    public static FloatHistogram empty(CounterResetHint hint, int schema, double count, double sum) {
        return new FloatHistogram(hint, schema, 0, 0, count, sum, Spans.NONE, NONE, Spans.NONE, NONE, NONE);
    }

    /// The sample that says that a histogram series has ended.
    public static FloatHistogram stale() {
        return empty(CounterResetHint.UNKNOWN, 0, 0, StaleMarker.VALUE);
    }

    public CounterResetHint hint() {
        return hint;
    }

    public int schema() {
        return schema;
    }

    public boolean hasCustomBounds() {
        return schema == CUSTOM_SCHEMA;
    }

    /// Half the width of the zero bucket, which is `[-zeroThreshold, zeroThreshold]`.
    public double zeroThreshold() {
        return zeroThreshold;
    }

    public double zeroCount() {
        return zeroCount;
    }

    public double count() {
        return count;
    }

    public double sum() {
        return sum;
    }

    public Spans positiveSpans() {
        return positiveSpans;
    }

    /// Absolute counts in the order of the spans; read only.
    public double[] positiveBuckets() {
        return positiveBuckets;
    }

    public Spans negativeSpans() {
        return negativeSpans;
    }

    /// Absolute counts in the order of the spans, so away from zero; read only.
    public double[] negativeBuckets() {
        return negativeBuckets;
    }

    /// Custom upper bounds, empty for exponential schemas; read only.
    public double[] customValues() {
        return customValues;
    }

    public boolean isStale() {
        return StaleMarker.is(sum);
    }

    public FloatHistogram withHint(CounterResetHint newHint) {
        return newHint == hint
                ? this
                : new FloatHistogram(
                        newHint,
                        schema,
                        zeroThreshold,
                        zeroCount,
                        count,
                        sum,
                        positiveSpans,
                        positiveBuckets,
                        negativeSpans,
                        negativeBuckets,
                        customValues);
    }

    /// Bytes this histogram keeps in memory, layouts that others may share included.
    public long retainedBytes() {
        return 96L
                + 8L * (positiveBuckets.length + negativeBuckets.length + customValues.length)
                + 8L * (positiveSpans.count() + negativeSpans.count());
    }

    /// Every field the same to the bit, the hint included. PromQL's `==` is
    /// [io.meridian.model.histogram.HistogramEquality].
    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof FloatHistogram that
                        && hint == that.hint
                        && schema == that.schema
                        && sameBits(zeroThreshold, that.zeroThreshold)
                        && sameBits(zeroCount, that.zeroCount)
                        && sameBits(count, that.count)
                        && sameBits(sum, that.sum)
                        && positiveSpans.equals(that.positiveSpans)
                        && sameBits(positiveBuckets, that.positiveBuckets)
                        && negativeSpans.equals(that.negativeSpans)
                        && sameBits(negativeBuckets, that.negativeBuckets)
                        && sameBits(customValues, that.customValues);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Double.hashCode(count) + Double.hashCode(sum)) + Arrays.hashCode(positiveBuckets);
    }

    private static boolean sameBits(double a, double b) {
        return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
    }

    private static boolean sameBits(double[] a, double[] b) {
        if (a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            if (!sameBits(a[i], b[i])) {
                return false;
            }
        }
        return true;
    }

    /// As PromQL prints it, for example `{count:24, sum:30, [-2,-1):1, [-0.01,0.01]:3, (0.5,1]:6}`.
    @Override
    public String toString() {
        return HistogramText.of(this);
    }
}
