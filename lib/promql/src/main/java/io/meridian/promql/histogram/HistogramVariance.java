package io.meridian.promql.histogram;

import io.meridian.model.FloatHistogram;

/// The variance of observations, each taken to be in the middle of its bucket.
public final class HistogramVariance {
    private HistogramVariance() {}

    public static double of(FloatHistogram histogram) {
        var buckets = new BucketList();
        buckets.load(histogram);
        double mean = histogram.sum() / histogram.count();
        double sum = 0;
        double compensation = 0;
        for (int i = 0; i < buckets.size; i++) {
            double count = buckets.counts[i];
            if (count == 0) {
                continue;
            }
            double delta = middle(histogram, buckets.lowers[i], buckets.uppers[i]) - mean;
            double x = count * delta * delta;
            compensation = HistogramSum.carry(x, sum, compensation);
            sum += x;
        }
        return (sum + compensation) / histogram.count();
    }

    private static double middle(FloatHistogram histogram, double lower, double upper) {
        if (histogram.hasCustomBounds()) {
            return (upper + lower) / 2;
        }
        if (lower <= 0 && upper >= 0) {
            return 0;
        }
        double middle = Math.sqrt(upper * lower);
        return upper < 0 ? -middle : middle;
    }
}
