package io.meridian.model;

import io.meridian.model.histogram.HistogramBounds;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What histograms have in common that differ in their numbers only: schema, zero bucket, and where the buckets are.
/// Immutable, shared by the rows of a [HistogramColumn].
public final class BucketLayout {
    /// Of a timestamp and a histogram without buckets.
    private static final int WORDS = 22;

    private final int schema;
    private final double zeroThreshold;
    private final Spans positive;
    private final Spans negative;
    private final double[] customValues;
    private final boolean regular;
    private final long joins;

    /// Made when first asked for; several threads may make the same.
    private @Nullable BucketLayout normal;

    /// Keeps the array; nobody may write to it any more.
    public BucketLayout(int schema, double zeroThreshold, Spans positive, Spans negative, double[] customValues) {
        this.schema = schema;
        this.zeroThreshold = zeroThreshold;
        this.positive = positive;
        this.negative = negative;
        this.customValues = customValues;
        this.joins = width() - HistogramColumn.BUCKETS > Long.SIZE
                ? 0
                : joins(positive, 0) | joins(negative, positive.bucketCount());
        this.regular = !Double.isNaN(zeroThreshold) && isRegular(positive) && isRegular(negative);
    }

    private boolean isRegular(Spans spans) {
        int[] indices = spans.indices();
        for (int i = 1; i < indices.length; i++) {
            if (indices[i] <= indices[i - 1]) {
                return false;
            }
        }
        return hasCustomBounds()
                || !(zeroThreshold > 0)
                || indices.length == 0
                || HistogramBounds.exponentialUpper(schema, indices[0]) > zeroThreshold;
    }

    private static long joins(Spans spans, int at) {
        long bits = 0;
        int[] indices = spans.indices();
        for (int i = 1; i < indices.length; i++) {
            bits |= indices[i] == indices[i - 1] + 1 ? 1L << at + i : 0;
        }
        return bits;
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

    public Spans positive() {
        return positive;
    }

    public Spans negative() {
        return negative;
    }

    /// Custom upper bounds, empty for exponential schemas; read only.
    public double[] customValues() {
        return customValues;
    }

    public int positiveCount() {
        return positive.bucketCount();
    }

    public int negativeCount() {
        return negative.bucketCount();
    }

    /// How many numbers a row has: the three of [HistogramColumn] and one for each bucket.
    public int width() {
        return HistogramColumn.BUCKETS + positive.bucketCount() + negative.bucketCount();
    }

    /// Whether histograms of this layout can be added number by number: indices ascend, and no bucket lies within the
    /// zero bucket, as such ones do not take part in sums.
    public boolean isRegular() {
        return regular;
    }

    /// The same buckets in as few spans as there can be.
    public BucketLayout normal() {
        BucketLayout known = normal;
        if (known == null) {
            Spans newPositive = normal(positive);
            Spans newNegative = normal(negative);
            known = newPositive.equals(positive) && newNegative.equals(negative)
                    ? this
                    : new BucketLayout(schema, zeroThreshold, newPositive, newNegative, customValues);
            normal = known;
        }
        return known;
    }

    private static Spans normal(Spans spans) {
        return Spans.ofIndices(spans.indices(), spans.bucketCount());
    }

    /// Whether the histograms differ at most in where they have buckets.
    public boolean hasSameScale(BucketLayout other) {
        return schema == other.schema
                && zeroThreshold == other.zeroThreshold
                && Arrays.equals(customValues, other.customValues);
    }

    boolean matches(
            int otherSchema,
            double otherThreshold,
            Spans otherPositive,
            Spans otherNegative,
            double[] otherCustomValues) {
        return schema == otherSchema
                && Double.doubleToRawLongBits(zeroThreshold) == Double.doubleToRawLongBits(otherThreshold)
                && positive.equals(otherPositive)
                && negative.equals(otherNegative)
                && Arrays.equals(customValues, otherCustomValues);
    }

    /// Words of 8 bytes that a histogram with all buckets and its timestamp count as.
    int words() {
        return words(positive.count() + negative.count(), width() - HistogramColumn.BUCKETS);
    }

    /// The same of one that has some buckets of a layout with no more than 64.
    ///
    /// @param present a bit for each bucket, the first lowest
    int words(long present) {
        return words(Long.bitCount(present & ~(present << 1 & joins)), Long.bitCount(present));
    }

    /// The same of one with so many spans and buckets.
    ///
    /// @param spans   of both sides
    /// @param buckets of both sides
    int words(int spans, int buckets) {
        return WORDS + spans + buckets + customValues.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof BucketLayout that
                        && matches(that.schema, that.zeroThreshold, that.positive, that.negative, that.customValues);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * schema + positive.hashCode()) + negative.hashCode();
    }
}
