package io.meridian.promql.histogram;

import io.meridian.model.histogram.HistogramBounds;

/// Makes the zero buckets of two exponential histograms equally wide.
final class ZeroBucket {
    private ZeroBucket() {}

    /// Widens the target's zero bucket for real, the other's only in what is returned: its zero count and carry.
    static double[] reconcile(HistogramSum target, HistogramSum other, boolean compensated) {
        double[] widened = {other.zeroCount, 0, other.zeroThreshold};
        while (widened[2] != target.zeroThreshold) {
            if (target.zeroThreshold > widened[2]) {
                widen(other, target.zeroThreshold, compensated, widened);
            }
            if (widened[2] > target.zeroThreshold) {
                double[] own = new double[3];
                widen(target, widened[2], compensated, own);
                target.zeroCount = own[0];
                target.zeroCarry += own[1];
                target.zeroThreshold = own[2];
                empty(target, target.positive);
                empty(target, target.negative);
                target.compact();
            }
            if (Double.isNaN(widened[2]) || Double.isNaN(target.zeroThreshold)) {
                break;
            }
        }
        return widened;
    }

    /// Zero count, its carry and the threshold after the zero bucket has swallowed all buckets below the threshold; a
    /// populated bucket that lies across it moves it.
    static void widen(HistogramSum histogram, double threshold, boolean compensated, double[] result) {
        double wide = threshold;
        while (true) {
            result[0] = histogram.zeroCount;
            result[1] = 0;
            double reached = swallow(histogram.schema, histogram.positive, wide, compensated, result);
            double further = swallow(histogram.schema, histogram.negative, reached, compensated, result);
            if (further == reached) {
                result[2] = reached;
                return;
            }
            wide = further;
        }
    }

    private static double swallow(int schema, BucketSide side, double threshold, boolean compensated, double[] result) {
        for (int i = 0; i < side.size; i++) {
            if (HistogramBounds.exponentialUpper(schema, side.indices[i] - 1) >= threshold) {
                return threshold;
            }
            if (compensated) {
                result[1] = HistogramSum.carry(side.values[i], result[0], result[1]) + side.carries[i];
            }
            result[0] += side.values[i];
            double upper = HistogramBounds.exponentialUpper(schema, side.indices[i]);
            if (upper > threshold) {
                return side.values[i] != 0 ? upper : threshold;
            }
        }
        return threshold;
    }

    private static void empty(HistogramSum histogram, BucketSide side) {
        for (int i = 0; i < side.size; i++) {
            if (HistogramBounds.exponentialUpper(histogram.schema, side.indices[i] - 1) >= histogram.zeroThreshold) {
                return;
            }
            side.values[i] = 0;
            side.carries[i] = 0;
        }
    }
}
