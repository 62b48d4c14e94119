package io.meridian.model.histogram;

import io.meridian.model.CompensatedSum;
import io.meridian.model.FloatHistogram;

/// Mean and variance of the observations in a native histogram, each bucket counted at its middle.
public final class HistogramMoments {
    private HistogramMoments() {}

    public static double mean(FloatHistogram histogram) {
        return histogram.sum() / histogram.count();
    }

    public static double variance(FloatHistogram histogram) {
        double mean = mean(histogram);
        HistogramBuckets buckets = HistogramBuckets.of(histogram);
        double sum = 0;
        double carry = 0;
        for (int i = 0; i < buckets.size(); i++) {
            if (buckets.count(i) == 0) {
                continue;
            }
            double delta = middle(buckets.lower(i), buckets.upper(i), histogram.hasCustomBounds()) - mean;
            double term = buckets.count(i) * delta * delta;
            carry = CompensatedSum.carry(term, sum, carry);
            sum += term;
        }
        return (sum + carry) / histogram.count();
    }

    public static double standardDeviation(FloatHistogram histogram) {
        return Math.sqrt(variance(histogram));
    }

    private static double middle(double lower, double upper, boolean custom) {
        if (custom) {
            return (upper + lower) / 2;
        }
        if (lower <= 0 && upper >= 0) {
            return 0;
        }
        double middle = Math.sqrt(upper * lower);
        return upper < 0 ? -middle : middle;
    }
}
