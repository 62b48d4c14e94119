package io.meridian.promql.histogram;

import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramBounds;

/// Cuts off what lies above (`</`) or below (`>/`) a limit. Not thread-safe; reused.
public final class HistogramTrim {
    private final HistogramSum work = new HistogramSum();
    private double limit;
    private boolean keepBelow;
    private boolean custom;
    private double newCount;
    private double newSum;
    private boolean changed;
    private boolean sawPositive;
    private boolean sawNegative;

    /// What of a bucket is kept, and where it lies on average.
    private double kept;

    private double middle;

    public FloatHistogram trim(FloatHistogram histogram, double newLimit, boolean newKeepBelow) {
        limit = newLimit;
        keepBelow = newKeepBelow;
        custom = histogram.hasCustomBounds();
        newCount = 0;
        newSum = 0;
        changed = false;
        work.load(histogram);
        sawPositive = side(histogram, work.positive, false);
        sawNegative = side(histogram, work.negative, true);
        zero(histogram);
        if (!changed) {
            return histogram;
        }
        work.count = newCount;
        work.sum = newSum;
        work.compact();
        return work.toHistogram();
    }

    /// Returns whether any bucket was populated.
    private boolean side(FloatHistogram histogram, BucketSide side, boolean negative) {
        boolean populated = false;
        for (int i = 0; i < side.size; i++) {
            double count = side.values[i];
            if (count == 0) {
                continue;
            }
            populated = true;
            double far = HistogramBounds.upper(histogram, side.indices[i]);
            double near = HistogramBounds.lower(histogram, side.indices[i]);
            double lower = negative ? -far : near;
            double upper = negative ? -near : far;
            if (keepBelow ? upper <= limit : lower >= limit) {
                newSum += middle(lower, upper, negative) * count;
                newCount += count;
                continue;
            }
            if (keepBelow ? lower < limit : upper > limit) {
                cut(lower, upper, count, negative);
            } else {
                kept = 0;
                middle = 0;
            }
            if (kept != count) {
                changed = true;
            }
            side.values[i] = kept;
            newCount += kept;
            newSum += kept == 0 ? 0 : middle * kept;
        }
        return populated;
    }

    private void cut(double lower, double upper, double count, boolean negative) {
        if (lower == Double.NEGATIVE_INFINITY) {
            cutFirst(upper, count);
        } else if (upper == Double.POSITIVE_INFINITY) {
            boolean keeps = !keepBelow && limit >= lower;
            kept = keeps ? count : 0;
            middle = limit;
        } else {
            double below = below(lower, upper, count);
            kept = keepBelow ? below : count - below;
            middle = keepBelow ? middle(lower, limit, negative) : middle(limit, upper, negative);
        }
    }

    /// The bucket without a lower bound.
    private void cutFirst(double upper, double count) {
        if (keepBelow) {
            if (limit >= upper) {
                kept = count;
                middle = 0;
            } else if (limit > 0 && upper > 0 && upper < Double.POSITIVE_INFINITY) {
                kept = count * limit / upper;
                middle = limit / 2;
            } else if (upper <= 0) {
                kept = count;
                middle = limit;
            } else {
                kept = 0;
                middle = 0;
            }
        } else if (limit >= 0 && limit < upper && upper < Double.POSITIVE_INFINITY) {
            kept = count * (1 - limit / upper);
            middle = (limit + upper) / 2;
        } else {
            kept = 0;
            middle = 0;
        }
    }

    private double below(double lower, double upper, double count) {
        if (limit <= lower) {
            return 0;
        }
        if (limit >= upper) {
            return count;
        }
        double share =
                custom ? (limit - lower) / (upper - lower) : HistogramQuantile.exponentialShare(lower, upper, limit);
        return count * share;
    }

    private double middle(double lower, double upper, boolean negative) {
        boolean noLower = Double.isInfinite(lower);
        boolean noUpper = Double.isInfinite(upper);
        if (noLower || noUpper) {
            if (noLower && noUpper) {
                return 0;
            }
            return noUpper ? lower : upper > 0 ? upper / 2 : upper;
        }
        if (custom) {
            return (lower + upper) / 2;
        }
        double middle = Math.sqrt(Math.abs(lower * upper));
        return negative ? -middle : middle;
    }

    private void zero(FloatHistogram histogram) {
        double count = histogram.zeroCount();
        if (!(count > 0)) {
            return;
        }
        double lower = sawPositive && !sawNegative ? 0 : -histogram.zeroThreshold();
        double upper = sawNegative && !sawPositive ? 0 : histogram.zeroThreshold();
        if (limit <= lower || limit >= upper) {
            boolean keeps = keepBelow ? limit > lower : limit <= lower;
            kept = keeps ? count : 0;
            middle = (lower + upper) / 2;
        } else {
            double share = (limit - lower) / (upper - lower);
            kept = keepBelow ? count * share : count * (1 - share);
            middle = keepBelow ? (lower + limit) / 2 : (limit + upper) / 2;
        }
        if (kept != count) {
            changed = true;
        }
        work.zeroCount = kept;
        newCount += kept;
        newSum += kept == 0 ? 0 : middle * kept;
    }
}
