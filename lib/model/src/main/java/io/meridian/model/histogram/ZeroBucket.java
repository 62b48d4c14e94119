package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;
import java.util.function.DoubleConsumer;

/// The zero bucket of a histogram that is being worked on.
final class ZeroBucket {
    private double threshold;
    private double count;
    private double carry;

    ZeroBucket(FloatHistogram histogram) {
        threshold = histogram.zeroThreshold();
        count = histogram.zeroCount();
    }

    double threshold() {
        return threshold;
    }

    double count() {
        return count;
    }

    /// The count with what it lost put back.
    double compensated() {
        return count + carry;
    }

    boolean isInfinite() {
        return Double.isInfinite(count);
    }

    void multiply(double factor) {
        count *= factor;
        carry *= factor;
    }

    void divide(double divisor) {
        count /= divisor;
        carry /= divisor;
    }

    private void increase(double value) {
        carry = CompensatedSum.carry(value, count, carry);
        count += value;
    }

    /// Adds the other's count and, if sums are compensated, what that one lost while it was widened.
    void add(ZeroBucket other, boolean negate, boolean compensated) {
        increase(negate ? -other.count : other.count);
        if (compensated) {
            increase(negate ? -other.carry : other.carry);
        }
    }

    /// Widens both until they are equally wide and no populated bucket of either is cut.
    ///
    /// @param widen widens this one together with its buckets
    void reconcile(
            DoubleConsumer widen,
            ZeroBucket other,
            int otherSchema,
            BucketSide otherPositive,
            BucketSide otherNegative) {
        double original = other.count;
        double originalThreshold = other.threshold;
        while (other.threshold != threshold) {
            if (threshold > other.threshold) {
                double wanted = threshold;
                other.count = original;
                other.carry = 0;
                other.threshold = originalThreshold;
                other.widen(wanted, otherSchema, otherPositive, otherNegative);
            }
            if (other.threshold > threshold) {
                widen.accept(other.threshold);
            }
        }
    }

    /// Takes in all buckets that begin below the new threshold; one that reaches beyond it, if populated, pushes it
    /// up to its own bound.
    ///
    /// Where the negative side pushes it, counting starts anew, but what was lost until then stays in the carry, as
    /// Prometheus leaves it there.
    void widen(double atLeast, int schema, BucketSide positive, BucketSide negative) {
        double limit = atLeast;
        double original = count;
        while (true) {
            count = original;
            limit = take(positive, schema, limit);
            double reached = take(negative, schema, limit);
            if (reached == limit) {
                break;
            }
            limit = reached;
        }
        threshold = limit;
    }

    private double take(BucketSide side, int schema, double limit) {
        for (int i = 0; i < side.size(); i++) {
            int index = side.index(i);
            if (HistogramBounds.exponentialUpper(schema, index - 1) >= limit) {
                break;
            }
            increase(side.count(i));
            increase(side.carry(i));
            double upper = HistogramBounds.exponentialUpper(schema, index);
            if (upper > limit) {
                return side.count(i) != 0 ? upper : limit;
            }
        }
        return limit;
    }
}
