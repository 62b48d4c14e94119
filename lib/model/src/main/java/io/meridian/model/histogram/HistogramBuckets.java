package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;

/// All buckets of a histogram in ascending order: the negative side, the zero bucket if its count is above 0, the
/// positive side. Empty buckets that are stored are there; those next to zero are clipped at the zero bucket.
public final class HistogramBuckets {
    private static final byte LEFT_OPEN = 0;
    private static final byte RIGHT_OPEN = 1;
    private static final byte OPEN = 2;
    private static final byte CLOSED = 3;

    private final double[] lowers;
    private final double[] uppers;
    private final double[] counts;
    private final byte[] rules;
    private int size;

    private HistogramBuckets(int capacity) {
        lowers = new double[capacity];
        uppers = new double[capacity];
        counts = new double[capacity];
        rules = new byte[capacity];
    }

    public static HistogramBuckets of(FloatHistogram histogram) {
        double[] negative = histogram.negativeBuckets();
        double[] positive = histogram.positiveBuckets();
        var buckets = new HistogramBuckets(negative.length + 1 + positive.length);
        double threshold = histogram.zeroThreshold();
        int[] indices = histogram.negativeSpans().indices();
        for (int i = negative.length - 1; i >= 0; i--) {
            double upper = -HistogramBounds.lower(histogram, indices[i]);
            double lower = -HistogramBounds.upper(histogram, indices[i]);
            double clipped = upper < 0 && upper > -threshold ? -threshold : upper;
            buckets.add(lower, clipped, negative[i], rule(lower < 0, upper > 0));
        }
        if (histogram.zeroCount() > 0) {
            buckets.add(-threshold, threshold, histogram.zeroCount(), CLOSED);
        }
        indices = histogram.positiveSpans().indices();
        for (int i = 0; i < positive.length; i++) {
            double lower = HistogramBounds.lower(histogram, indices[i]);
            double upper = HistogramBounds.upper(histogram, indices[i]);
            double clipped = lower > 0 && lower < threshold ? threshold : lower;
            byte rule = histogram.hasCustomBounds() ? rule(indices[i] == 0, true) : rule(lower < 0, upper > 0);
            buckets.add(clipped, upper, positive[i], rule);
        }
        return buckets;
    }

    private static byte rule(boolean lowerInclusive, boolean upperInclusive) {
        if (lowerInclusive) {
            return upperInclusive ? CLOSED : RIGHT_OPEN;
        }
        return upperInclusive ? LEFT_OPEN : OPEN;
    }

    private void add(double lower, double upper, double count, byte rule) {
        lowers[size] = lower;
        uppers[size] = upper;
        counts[size] = count;
        rules[size] = rule;
        size++;
    }

    public int size() {
        return size;
    }

    public double lower(int bucket) {
        return lowers[bucket];
    }

    public double upper(int bucket) {
        return uppers[bucket];
    }

    public double count(int bucket) {
        return counts[bucket];
    }

    /// Whether the bounds belong to the bucket, as the query API writes it: 0 `(lower, upper]`, 1 `[lower, upper)`,
    /// 2 neither, 3 both.
    public int boundaryRule(int bucket) {
        return rules[bucket];
    }
}
