package io.meridian.model.histogram;

import io.meridian.model.BucketLayout;
import io.meridian.model.FloatHistogram;

/// Bounds of buckets as they are shown: those next to zero are clipped at the zero bucket. And whether the bounds
/// belong to the bucket, as the query API writes it: 0 `(lower, upper]`, 1 `[lower, upper)`, 2 neither, 3 both.
public final class BucketBounds {
    /// The rule of the zero bucket.
    public static final int CLOSED = 3;

    private static final int LEFT_OPEN = 0;
    private static final int RIGHT_OPEN = 1;
    private static final int OPEN = 2;

    private final int schema;
    private final double zeroThreshold;
    private final double[] customValues;

    private BucketBounds(int schema, double zeroThreshold, double[] customValues) {
        this.schema = schema;
        this.zeroThreshold = zeroThreshold;
        this.customValues = customValues;
    }

    public static BucketBounds of(FloatHistogram histogram) {
        return new BucketBounds(histogram.schema(), histogram.zeroThreshold(), histogram.customValues());
    }

    public static BucketBounds of(BucketLayout layout) {
        return new BucketBounds(layout.schema(), layout.zeroThreshold(), layout.customValues());
    }

    private double bound(int index) {
        return schema == FloatHistogram.CUSTOM_SCHEMA
                ? HistogramBounds.customUpper(customValues, index)
                : HistogramBounds.exponentialUpper(schema, index);
    }

    public double positiveLower(int index) {
        double lower = bound(index - 1);
        return lower > 0 && lower < zeroThreshold ? zeroThreshold : lower;
    }

    public double positiveUpper(int index) {
        return bound(index);
    }

    public double negativeLower(int index) {
        return -bound(index);
    }

    public double negativeUpper(int index) {
        double upper = -bound(index - 1);
        return upper < 0 && upper > -zeroThreshold ? -zeroThreshold : upper;
    }

    public int positiveRule(int index) {
        return schema == FloatHistogram.CUSTOM_SCHEMA
                ? rule(index == 0, true)
                : rule(bound(index - 1) < 0, bound(index) > 0);
    }

    public int negativeRule(int index) {
        return rule(-bound(index) < 0, -bound(index - 1) > 0);
    }

    private static int rule(boolean lowerInclusive, boolean upperInclusive) {
        if (lowerInclusive) {
            return upperInclusive ? CLOSED : RIGHT_OPEN;
        }
        return upperInclusive ? LEFT_OPEN : OPEN;
    }
}
