package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;

/// Cuts a histogram at a value: PromQL's `</` keeps what is below, `>/` what is above. A bucket that is cut is
/// interpolated; count and sum are then estimated from what is left.
public final class HistogramTrim {
    private final FloatHistogram histogram;
    private final double at;
    private final boolean keepsBelow;
    private double newCount;
    private double newSum;
    private boolean changed;

    private HistogramTrim(FloatHistogram histogram, double at, boolean keepsBelow) {
        this.histogram = histogram;
        this.at = at;
        this.keepsBelow = keepsBelow;
    }

    /// The histogram without what is above `at`; itself if that is nothing.
    public static FloatHistogram below(FloatHistogram histogram, double at) {
        return new HistogramTrim(histogram, at, true).run();
    }

    /// The histogram without what is below `at`; itself if that is nothing.
    public static FloatHistogram above(FloatHistogram histogram, double at) {
        return new HistogramTrim(histogram, at, false).run();
    }

    private FloatHistogram run() {
        double[] positive = side(histogram.positiveSpans(), histogram.positiveBuckets(), true);
        double[] negative = side(histogram.negativeSpans(), histogram.negativeBuckets(), false);
        double zeroCount = histogram.zeroCount();
        if (zeroCount > 0) {
            zeroCount = zeroBucket(isPopulated(histogram.negativeBuckets()), isPopulated(histogram.positiveBuckets()));
        }
        if (!changed) {
            return histogram;
        }
        return HistogramCompaction.compact(new FloatHistogram(
                histogram.hint(),
                histogram.schema(),
                histogram.zeroThreshold(),
                zeroCount,
                newCount,
                newSum,
                histogram.positiveSpans(),
                positive,
                histogram.negativeSpans(),
                negative,
                histogram.customValues()));
    }

    private static boolean isPopulated(double[] counts) {
        for (double count : counts) {
            if (count != 0) {
                return true;
            }
        }
        return false;
    }

    private double[] side(Spans spans, double[] counts, boolean positive) {
        int[] indices = spans.indices();
        double[] kept = counts.clone();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) {
                continue;
            }
            double outer = HistogramBounds.upper(histogram, indices[i]);
            double inner = HistogramBounds.lower(histogram, indices[i]);
            kept[i] = positive ? bucket(inner, outer, counts[i], true) : bucket(-outer, -inner, counts[i], false);
        }
        return kept;
    }

    /// What is left of the bucket.
    private double bucket(double lower, double upper, double count, boolean positive) {
        if (keepsBelow ? upper <= at : lower >= at) {
            keep(count, middle(lower, upper, positive));
            return count;
        }
        if (!(keepsBelow ? lower < at : upper > at)) {
            changed = true;
            return 0;
        }
        double kept;
        double middle;
        if (lower == Double.NEGATIVE_INFINITY) {
            kept = endless(upper, count);
            middle = endlessMiddle(upper);
        } else if (upper == Double.POSITIVE_INFINITY) {
            boolean keeps = !keepsBelow && at >= lower;
            kept = keeps ? count : 0;
            middle = keeps ? at : finite(lower);
        } else {
            double below = below(lower, upper, count);
            kept = keepsBelow ? below : count - below;
            middle = keepsBelow ? middle(lower, at, positive) : middle(at, upper, positive);
        }
        keep(kept, middle);
        changed |= kept != count;
        return kept;
    }

    private void keep(double count, double middle) {
        newCount += count;
        newSum += middle * count;
    }

    private double below(double lower, double upper, double count) {
        if (at <= lower) {
            return 0;
        }
        if (at >= upper) {
            return count;
        }
        return count * HistogramFraction.portion(lower, upper, at, histogram.hasCustomBounds());
    }

    /// What is left of a bucket that begins at -Inf: it is taken to begin at 0 if it ends above.
    private double endless(double upper, double count) {
        boolean finite = upper != Double.POSITIVE_INFINITY;
        if (keepsBelow) {
            if (at >= upper) {
                return count;
            }
            if (at > 0 && upper > 0 && finite) {
                return count * at / upper;
            }
            return upper <= 0 ? count : 0;
        }
        if (at == Double.NEGATIVE_INFINITY) {
            return count;
        }
        return at >= 0 && upper > at && finite ? count * (1 - at / upper) : 0;
    }

    private double endlessMiddle(double upper) {
        boolean finite = upper != Double.POSITIVE_INFINITY;
        if (keepsBelow) {
            if (at >= upper) {
                return 0;
            }
            if (at > 0 && upper > 0 && finite) {
                return at / 2;
            }
            return upper <= 0 ? at : finite(upper);
        }
        if (at == Double.NEGATIVE_INFINITY) {
            return 0;
        }
        return at >= 0 && upper > at && finite ? (at + upper) / 2 : finite(upper);
    }

    private static double finite(double bound) {
        return Double.isInfinite(bound) ? 0 : bound;
    }

    private double zeroBucket(boolean hasNegative, boolean hasPositive) {
        double count = histogram.zeroCount();
        double lower = hasPositive && !hasNegative ? 0 : -histogram.zeroThreshold();
        double upper = hasNegative && !hasPositive ? 0 : histogram.zeroThreshold();
        double kept;
        double middle;
        if (at <= lower) {
            kept = keepsBelow ? 0 : count;
            middle = keepsBelow ? 0 : (lower + upper) / 2;
        } else if (at >= upper) {
            kept = keepsBelow ? count : 0;
            middle = keepsBelow ? (lower + upper) / 2 : 0;
        } else if (keepsBelow) {
            kept = count * ((at - lower) / (upper - lower));
            middle = (lower + at) / 2;
        } else {
            kept = count * ((upper - at) / (upper - lower));
            middle = (at + upper) / 2;
        }
        changed |= kept != count;
        newSum += middle * kept;
        newCount += kept;
        return kept;
    }

    private double middle(double lower, double upper, boolean positive) {
        if (Double.isInfinite(lower)) {
            if (Double.isInfinite(upper)) {
                return 0;
            }
            return upper > 0 ? upper / 2 : upper;
        }
        if (Double.isInfinite(upper)) {
            return lower;
        }
        if (histogram.hasCustomBounds()) {
            return (lower + upper) / 2;
        }
        double middle = Math.sqrt(Math.abs(lower * upper));
        return positive ? middle : -middle;
    }
}
