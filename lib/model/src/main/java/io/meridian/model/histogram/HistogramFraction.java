package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;

/// `histogram_fraction` of a native histogram.
public final class HistogramFraction {
    /// @param excludesNaN whether observations that are NaN had to be left out of every fraction
    public record Result(double value, boolean excludesNaN) {}

    private HistogramFraction() {}

    /// The part of the observations between both bounds.
    public static Result of(double lower, double upper, FloatHistogram histogram) {
        if (histogram.count() == 0 || Double.isNaN(lower) || Double.isNaN(upper)) {
            return new Result(Double.NaN, false);
        }
        if (lower >= upper) {
            return new Result(0, false);
        }
        return new Walk(lower, upper, histogram).run();
    }

    private static final class Walk {
        private final double lower;
        private final double upper;
        private final FloatHistogram histogram;
        private final HistogramBuckets buckets;
        private double lowerRank;
        private double upperRank;
        private boolean lowerPlaced;
        private boolean upperPlaced;

        Walk(double lower, double upper, FloatHistogram histogram) {
            this.lower = lower;
            this.upper = upper;
            this.histogram = histogram;
            buckets = HistogramBuckets.of(histogram);
        }

        Result run() {
            double rank = 0;
            double walked = 0;
            int at = 0;
            while (at < buckets.size() && !(lowerPlaced && upperPlaced)) {
                walked += buckets.count(at);
                place(at, rank);
                rank += buckets.count(at++);
            }
            double total = histogram.count();
            boolean excludesNaN = false;
            if (Double.isNaN(histogram.sum())) {
                for (; at < buckets.size(); at++) {
                    walked += buckets.count(at);
                }
                total = walked;
                excludesNaN = walked < histogram.count();
            }
            if (!lowerPlaced || lowerRank > total) {
                lowerRank = total;
            }
            if (!upperPlaced || upperRank > total) {
                upperRank = total;
            }
            return new Result((upperRank - lowerRank) / histogram.count(), excludesNaN);
        }

        private void place(int at, double rank) {
            double low = buckets.lower(at);
            double high = buckets.upper(at);
            boolean zero = low <= 0 && high >= 0;
            if (zero) {
                boolean negatives = histogram.negativeBuckets().length > 0;
                boolean positives = histogram.positiveBuckets().length > 0;
                if (!negatives && positives) {
                    low = 0;
                } else if (negatives && !positives) {
                    high = 0;
                }
            }
            boolean linear = zero || histogram.hasCustomBounds();
            double count = buckets.count(at);
            if (!lowerPlaced && low >= lower) {
                lowerRank = rank;
                lowerPlaced = true;
            }
            if (!upperPlaced && low >= upper) {
                upperRank = rank;
                upperPlaced = true;
            }
            if (lowerPlaced && upperPlaced) {
                return;
            }
            if (!lowerPlaced && low < lower && high > lower) {
                lowerRank = interpolate(rank, count, low, high, lower, linear);
                lowerPlaced = true;
            }
            if (!upperPlaced && low < upper && high > upper) {
                upperRank = interpolate(rank, count, low, high, upper, linear);
                upperPlaced = true;
            }
        }

        private static double interpolate(
                double rank, double count, double low, double high, double bound, boolean linear) {
            if (linear && low == Double.NEGATIVE_INFINITY) {
                return count;
            }
            return rank + count * portion(low, high, bound, linear);
        }
    }

    /// The part of a bucket that lies below the bound.
    static double portion(double low, double high, double bound, boolean linear) {
        if (linear) {
            return (bound - low) / (high - low);
        }
        double logLow = GoLogarithm.log2(Math.abs(low));
        double logHigh = GoLogarithm.log2(Math.abs(high));
        double logBound = GoLogarithm.log2(Math.abs(bound));
        return bound > 0 ? (logBound - logLow) / (logHigh - logLow) : 1 - (logBound - logHigh) / (logLow - logHigh);
    }
}
