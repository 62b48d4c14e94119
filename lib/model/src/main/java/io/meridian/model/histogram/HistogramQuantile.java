package io.meridian.model.histogram;

import io.meridian.model.BucketLayout;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.StaleMarker;

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
        var column = new HistogramColumn(1);
        column.set(0, histogram);
        return of(q, column, 0);
    }

    /// Of an entry of a column, which is present.
    public static Result of(double q, HistogramColumn column, int index) {
        if (q < 0) {
            return new Result(Double.NEGATIVE_INFINITY, Finding.NONE);
        }
        if (q > 1) {
            return new Result(Double.POSITIVE_INFINITY, Finding.NONE);
        }
        double observations = column.count(index);
        if (observations == 0 || Double.isNaN(q)) {
            return new Result(Double.NaN, Finding.NONE);
        }
        var row = new Row(column, index);
        boolean custom = row.layout.hasCustomBounds();
        boolean hasNaN = Double.isNaN(column.sum(index));
        boolean forward = hasNaN || q < 0.5;
        double rank = (forward ? q : 1 - q) * observations;
        int step = forward ? 1 : -1;
        int last = -1;
        double total = 0;
        int at = forward ? 0 : row.places - 1;
        for (; at >= 0 && at < row.places; at += step) {
            if (!row.isPresent(at)) {
                continue;
            }
            last = at;
            double count = row.count(at);
            if (count == 0) {
                continue;
            }
            total += count;
            if (total >= rank) {
                at += step;
                break;
            }
        }
        double lower = last < 0 ? 0 : row.lower(last);
        double upper = last < 0 ? 0 : row.upper(last);
        double count = last < 0 ? 0 : row.count(last);
        if (custom) {
            if (lower == Double.NEGATIVE_INFINITY) {
                if (upper <= 0) {
                    return new Result(upper, Finding.NONE);
                }
                lower = 0;
            } else if (upper == Double.POSITIVE_INFINITY) {
                return new Result(lower, Finding.NONE);
            }
        } else if (lower < 0 && upper > 0) {
            boolean negatives = row.hasNegatives();
            boolean positives = row.hasPositives();
            if (!negatives && positives) {
                lower = 0;
            } else if (negatives && !positives) {
                upper = 0;
            }
        }
        double counted = Math.min(total, observations);
        if (counted < rank) {
            return hasNaN ? new Result(Double.NaN, Finding.RESULT_IS_NAN) : new Result(upper, Finding.NONE);
        }
        double inBucket = forward ? rank - (counted - count) : counted - rank;
        Finding finding = Finding.NONE;
        if (hasNaN) {
            // As in Prometheus, looking for the NaNs ends in another bucket than the rank did.
            int end = -1;
            double all = counted;
            for (; at < row.places; at++) {
                if (row.isPresent(at)) {
                    all += row.count(at);
                    end = at;
                }
            }
            if (end >= 0) {
                lower = row.lower(end);
                upper = row.upper(end);
                count = row.count(end);
                counted = all;
            }
            if (counted < observations) {
                finding = Finding.SKEWED_HIGHER;
            }
        }
        return new Result(interpolate(custom, lower, upper, inBucket / count), finding);
    }

    /// The buckets of a histogram by ascending place: the negative side, the zero bucket, the positive side.
    private static final class Row {
        final BucketLayout layout;
        final int places;
        private final double[] numbers;
        private final int start;
        private final int zeroPlace;
        private final BucketBounds bounds;

        Row(HistogramColumn column, int index) {
            layout = column.layout(index);
            numbers = column.numbers();
            start = column.start(index);
            zeroPlace = layout.negativeCount();
            places = zeroPlace + 1 + layout.positiveCount();
            bounds = BucketBounds.of(layout);
        }

        private int position(int place) {
            if (place == zeroPlace) {
                return start + HistogramColumn.ZERO_COUNT;
            }
            return place > zeroPlace
                    ? start + HistogramColumn.BUCKETS + place - zeroPlace - 1
                    : start + layout.width() - 1 - place;
        }

        double count(int place) {
            return numbers[position(place)];
        }

        boolean isPresent(int place) {
            double count = count(place);
            return place == zeroPlace ? count > 0 : !StaleMarker.is(count);
        }

        double lower(int place) {
            if (place == zeroPlace) {
                return -layout.zeroThreshold();
            }
            return place > zeroPlace ? bounds.positiveLower(positive(place)) : bounds.negativeLower(negative(place));
        }

        double upper(int place) {
            if (place == zeroPlace) {
                return layout.zeroThreshold();
            }
            return place > zeroPlace ? bounds.positiveUpper(positive(place)) : bounds.negativeUpper(negative(place));
        }

        private int positive(int place) {
            return layout.positive().indices()[place - zeroPlace - 1];
        }

        private int negative(int place) {
            return layout.negative().indices()[zeroPlace - 1 - place];
        }

        boolean hasNegatives() {
            return hasAny(0, zeroPlace);
        }

        boolean hasPositives() {
            return hasAny(zeroPlace + 1, places);
        }

        private boolean hasAny(int from, int to) {
            for (int place = from; place < to; place++) {
                if (isPresent(place)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static double interpolate(boolean custom, double lower, double upper, double fraction) {
        if (custom || lower <= 0 && upper >= 0) {
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
