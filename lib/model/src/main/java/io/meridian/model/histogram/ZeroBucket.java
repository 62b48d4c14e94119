package io.meridian.model.histogram;

import io.meridian.model.CompensatedSum;

/// Makes the zero buckets of two exponential histograms equally wide.
final class ZeroBucket {
    double threshold;
    double count;

    /// What was lost in the additions to the count.
    double carry;

    /// The other's zero bucket, as wide as the target's. Widens the target's for real, the other's only in what is
    /// returned.
    static ZeroBucket reconcile(HistogramSum target, HistogramSum other) {
        var view = new ZeroBucket();
        view.count = other.zeroCount;
        view.threshold = other.zeroThreshold;
        while (view.threshold != target.zeroThreshold) {
            if (target.zeroThreshold > view.threshold) {
                view.carry = 0;
                view.widen(other, target.zeroThreshold);
            }
            if (view.threshold > target.zeroThreshold) {
                var own = new ZeroBucket();
                own.carry = target.zeroCarry;
                own.widen(target, view.threshold);
                target.zeroCount = own.count;
                target.zeroCarry = own.carry;
                target.zeroThreshold = own.threshold;
                target.positive.clearBelow(target.schema, own.threshold);
                target.negative.clearBelow(target.schema, own.threshold);
                target.compact();
            }
            if (Double.isNaN(view.threshold) || Double.isNaN(target.zeroThreshold)) {
                break;
            }
        }
        return view;
    }

    /// What the histogram's zero bucket is once it has taken in all buckets that begin below the threshold; a populated
    /// one that lies across it pushes it on.
    ///
    /// Where the negative side pushes it, counting starts anew, but what was lost until then stays in the carry, as
    /// Prometheus leaves it there.
    void widen(HistogramSum histogram, double atLeast) {
        double limit = atLeast;
        while (true) {
            count = histogram.zeroCount;
            limit = take(histogram.positive, histogram.schema, limit);
            double pushed = take(histogram.negative, histogram.schema, limit);
            if (pushed == limit) {
                break;
            }
            limit = pushed;
        }
        threshold = limit;
    }

    private double take(BucketSide side, int schema, double limit) {
        for (int i = 0; i < side.size; i++) {
            int index = side.indices[i];
            if (HistogramBounds.exponentialUpper(schema, index - 1) >= limit) {
                break;
            }
            increase(side.values[i]);
            increase(side.carries[i]);
            double upper = HistogramBounds.exponentialUpper(schema, index);
            if (upper > limit) {
                return side.values[i] != 0 ? upper : limit;
            }
        }
        return limit;
    }

    private void increase(double value) {
        carry = CompensatedSum.carry(value, count, carry);
        count += value;
    }
}
