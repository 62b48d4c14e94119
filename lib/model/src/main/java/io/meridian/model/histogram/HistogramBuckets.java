package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;

/// All buckets of a histogram in ascending order: the negative side, the zero bucket if its count is above 0, the
/// positive side. Empty buckets that are stored are there; those next to zero are clipped at the zero bucket.
public final class HistogramBuckets {
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
        var bounds = BucketBounds.of(histogram);
        int[] indices = histogram.negativeSpans().indices();
        for (int i = negative.length - 1; i >= 0; i--) {
            int index = indices[i];
            buckets.add(bounds.negativeLower(index), bounds.negativeUpper(index), negative[i], (byte)
                    bounds.negativeRule(index));
        }
        if (histogram.zeroCount() > 0) {
            double threshold = histogram.zeroThreshold();
            buckets.add(-threshold, threshold, histogram.zeroCount(), (byte) BucketBounds.CLOSED);
        }
        indices = histogram.positiveSpans().indices();
        for (int i = 0; i < positive.length; i++) {
            int index = indices[i];
            buckets.add(bounds.positiveLower(index), bounds.positiveUpper(index), positive[i], (byte)
                    bounds.positiveRule(index));
        }
        return buckets;
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

    /// Whether the bounds belong to the bucket ([BucketBounds]).
    public int boundaryRule(int bucket) {
        return rules[bucket];
    }
}
