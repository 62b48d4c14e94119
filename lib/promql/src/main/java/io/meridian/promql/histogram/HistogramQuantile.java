package io.meridian.promql.histogram;

import io.meridian.model.FloatHistogram;

/// Quantiles of a native histogram, and the share of observations between two limits. Not thread-safe; reused.
public final class HistogramQuantile {
    private final BucketList buckets = new BucketList();
    private boolean nanResult;
    private boolean skewed;
    private boolean excluded;

    /// Whether the last quantile is NaN because observations were.
    public boolean isNanByObservations() {
        return nanResult;
    }

    /// Whether NaN observations made the last quantile higher.
    public boolean isSkewed() {
        return skewed;
    }

    /// Whether NaN observations were left out of the last fraction.
    public boolean hasExcluded() {
        return excluded;
    }

    public double quantile(double q, FloatHistogram histogram) {
        nanResult = false;
        skewed = false;
        if (q < 0) {
            return Double.NEGATIVE_INFINITY;
        }
        if (q > 1) {
            return Double.POSITIVE_INFINITY;
        }
        if (histogram.count() == 0 || Double.isNaN(q)) {
            return Double.NaN;
        }
        buckets.load(histogram);
        boolean nanSum = Double.isNaN(histogram.sum());
        boolean forward = nanSum || q < 0.5;
        double rank = (forward ? q : 1 - q) * histogram.count();
        double total = 0;
        int bucket = -1;
        int next = forward ? 0 : buckets.size - 1;
        int step = forward ? 1 : -1;
        for (; next >= 0 && next < buckets.size; next += step) {
            if (buckets.counts[next] == 0) {
                continue;
            }
            bucket = next;
            total += buckets.counts[next];
            if (total >= rank) {
                next += step;
                break;
            }
        }
        double lower = bucket < 0 ? 0 : buckets.lowers[bucket];
        double upper = bucket < 0 ? 0 : buckets.uppers[bucket];
        double inBucket = bucket < 0 ? 0 : buckets.counts[bucket];
        if (!histogram.hasCustomBounds()) {
            if (lower < 0 && upper > 0) {
                boolean noNegative = histogram.negativeBuckets().length == 0;
                boolean noPositive = histogram.positiveBuckets().length == 0;
                if (noNegative && !noPositive) {
                    lower = 0;
                } else if (noPositive && !noNegative) {
                    upper = 0;
                }
            }
        } else if (lower == Double.NEGATIVE_INFINITY) {
            if (upper <= 0) {
                return upper;
            }
            lower = 0;
        } else if (upper == Double.POSITIVE_INFINITY) {
            return lower;
        }
        total = Math.min(total, histogram.count());
        if (total < rank) {
            nanResult = nanSum;
            return nanSum ? Double.NaN : upper;
        }
        if (forward) {
            rank -= total - inBucket;
        } else {
            rank = total - rank;
        }
        if (nanSum) {
            double all = total;
            for (; next < buckets.size; next++) {
                all += buckets.counts[next];
                // Prometheus goes on with the last bucket that it has looked at for this.
                lower = buckets.lowers[next];
                upper = buckets.uppers[next];
                inBucket = buckets.counts[next];
            }
            skewed = all < histogram.count();
        }
        double fraction = rank / inBucket;
        if (histogram.hasCustomBounds() || lower <= 0 && upper >= 0) {
            return lower + (upper - lower) * fraction;
        }
        double a = GoLog.log2(Math.abs(lower));
        double z = GoLog.log2(Math.abs(upper));
        if (lower > 0) {
            return GoLog.exp2(a + (z - a) * fraction);
        }
        return -GoLog.exp2(z + (a - z) * (1 - fraction));
    }

    public double fraction(double from, double to, FloatHistogram histogram) {
        excluded = false;
        double count = histogram.count();
        if (count == 0 || Double.isNaN(from) || Double.isNaN(to)) {
            return Double.NaN;
        }
        if (from >= to) {
            return 0;
        }
        buckets.load(histogram);
        boolean noNegative = histogram.negativeBuckets().length == 0;
        boolean noPositive = histogram.positiveBuckets().length == 0;
        double rank = 0;
        double lowerRank = 0;
        double upperRank = 0;
        boolean lowerSet = false;
        boolean upperSet = false;
        int b = 0;
        for (; b < buckets.size; b++) {
            double lower = buckets.lowers[b];
            double upper = buckets.uppers[b];
            double inBucket = buckets.counts[b];
            boolean zero = lower <= 0 && upper >= 0;
            if (zero) {
                if (noNegative && !noPositive) {
                    lower = 0;
                } else if (noPositive && !noNegative) {
                    upper = 0;
                }
            }
            boolean linear = zero || histogram.hasCustomBounds();
            if (!lowerSet && lower >= from) {
                lowerRank = rank;
                lowerSet = true;
            }
            if (!upperSet && lower >= to) {
                upperRank = rank;
                upperSet = true;
            }
            if (lowerSet && upperSet) {
                break;
            }
            if (!lowerSet && lower < from && upper > from) {
                lowerRank = interpolate(linear, rank, inBucket, lower, upper, from);
                lowerSet = true;
            }
            if (!upperSet && lower < to && upper > to) {
                upperRank = interpolate(linear, rank, inBucket, lower, upper, to);
                upperSet = true;
            }
            if (lowerSet && upperSet) {
                break;
            }
            rank += inBucket;
        }
        double total = count;
        if (Double.isNaN(histogram.sum())) {
            total = rank;
            for (int rest = b; rest < buckets.size; rest++) {
                total += buckets.counts[rest];
            }
            excluded = total < count;
        }
        if (!lowerSet || lowerRank > total) {
            lowerRank = total;
        }
        if (!upperSet || upperRank > total) {
            upperRank = total;
        }
        return (upperRank - lowerRank) / count;
    }

    private static double interpolate(
            boolean linear, double rank, double count, double lower, double upper, double limit) {
        if (linear) {
            return lower == Double.NEGATIVE_INFINITY ? count : rank + count * (limit - lower) / (upper - lower);
        }
        return rank + count * exponentialShare(lower, upper, limit);
    }

    /// How much of a bucket lies below the limit, on a logarithmic scale.
    static double exponentialShare(double lower, double upper, double limit) {
        double a = GoLog.log2(Math.abs(lower));
        double z = GoLog.log2(Math.abs(upper));
        double x = GoLog.log2(Math.abs(limit));
        return limit > 0 ? (x - a) / (z - a) : 1 - (x - z) / (a - z);
    }
}
