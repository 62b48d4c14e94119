package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;

/// `histogram_quantile` of a native histogram.
public final class HistogramQuantile {
    /// What is to be said about NaN observations.
    public enum Finding {
        NONE,
        /// So many observations are NaN that the quantile is one.
        RESULT_IS_NAN,
        /// The quantile is too high by the observations that are NaN.
        SKEWED_HIGHER
    }

    /// The quantile and what to say about it.
    public record Result(double value, Finding finding) {}

    private HistogramQuantile() {}

    /// @param q below 0 gives -Inf, above 1 +Inf
    public static Result of(double q, FloatHistogram histogram) {
        if (q < 0) {
            return new Result(Double.NEGATIVE_INFINITY, Finding.NONE);
        }
        if (q > 1) {
            return new Result(Double.POSITIVE_INFINITY, Finding.NONE);
        }
        if (histogram.count() == 0 || Double.isNaN(q)) {
            return new Result(Double.NaN, Finding.NONE);
        }
        HistogramBuckets buckets = HistogramBuckets.of(histogram);
        boolean hasNaN = Double.isNaN(histogram.sum());
        boolean forward = hasNaN || q < 0.5;
        double rank = (forward ? q : 1 - q) * histogram.count();
        int step = forward ? 1 : -1;
        int last = -1;
        double total = 0;
        int at = forward ? 0 : buckets.size() - 1;
        for (; at >= 0 && at < buckets.size(); at += step) {
            last = at;
            if (buckets.count(at) == 0) {
                continue;
            }
            total += buckets.count(at);
            if (total >= rank) {
                at += step;
                break;
            }
        }
        double lower = last < 0 ? 0 : buckets.lower(last);
        double upper = last < 0 ? 0 : buckets.upper(last);
        double count = last < 0 ? 0 : buckets.count(last);
        if (histogram.hasCustomBounds()) {
            if (lower == Double.NEGATIVE_INFINITY) {
                if (upper <= 0) {
                    return new Result(upper, Finding.NONE);
                }
                lower = 0;
            } else if (upper == Double.POSITIVE_INFINITY) {
                return new Result(lower, Finding.NONE);
            }
        } else if (lower < 0 && upper > 0) {
            boolean negatives = histogram.negativeBuckets().length > 0;
            boolean positives = histogram.positiveBuckets().length > 0;
            if (!negatives && positives) {
                lower = 0;
            } else if (negatives && !positives) {
                upper = 0;
            }
        }
        double counted = Math.min(total, histogram.count());
        if (counted < rank) {
            return hasNaN ? new Result(Double.NaN, Finding.RESULT_IS_NAN) : new Result(upper, Finding.NONE);
        }
        double inBucket = forward ? rank - (counted - count) : counted - rank;
        Finding finding = Finding.NONE;
        if (hasNaN && at < buckets.size()) {
            // As in Prometheus, looking for the NaNs ends in another bucket than the rank did.
            double all = counted;
            for (; at < buckets.size(); at++) {
                all += buckets.count(at);
            }
            lower = buckets.lower(at - 1);
            upper = buckets.upper(at - 1);
            count = buckets.count(at - 1);
            counted = all;
        }
        if (hasNaN && counted < histogram.count()) {
            finding = Finding.SKEWED_HIGHER;
        }
        return new Result(interpolate(histogram, lower, upper, inBucket / count), finding);
    }

    private static double interpolate(FloatHistogram histogram, double lower, double upper, double fraction) {
        if (histogram.hasCustomBounds() || lower <= 0 && upper >= 0) {
            return lower + (upper - lower) * fraction;
        }
        double logLower = GoLogarithm.log2(Math.abs(lower));
        double logUpper = GoLogarithm.log2(Math.abs(upper));
        if (lower > 0) {
            return GoLogarithm.exp2(logLower + (logUpper - logLower) * fraction);
        }
        return -GoLogarithm.exp2(logUpper + (logLower - logUpper) * (1 - fraction));
    }
}
