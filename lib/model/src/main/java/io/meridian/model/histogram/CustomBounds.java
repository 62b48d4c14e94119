package io.meridian.model.histogram;

import io.meridian.model.Spans;
import java.util.Arrays;

/// Brings two histograms with different custom bounds to the bounds that both have.
final class CustomBounds {
    private CustomBounds() {}

    static boolean same(double[] a, double[] b) {
        if (a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        return true;
    }

    static boolean hasInfinity(double[] bounds) {
        for (double bound : bounds) {
            if (Double.isInfinite(bound)) {
                return true;
            }
        }
        return false;
    }

    static double[] common(double[] a, double[] b) {
        double[] common = new double[Math.min(a.length, b.length)];
        int n = 0;
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            if (a[i] == b[j]) {
                common[n++] = a[i];
                i++;
                j++;
            } else if (a[i] < b[j]) {
                i++;
            } else {
                j++;
            }
        }
        return Arrays.copyOf(common, n);
    }

    /// The bucket of the common bounds in which all of the given bucket lies.
    static int target(double[] common, double[] bounds, int index) {
        double upper = HistogramBounds.customUpper(bounds, index);
        int target = 0;
        while (target < common.length && common[target] < upper) {
            target++;
        }
        return target;
    }

    /// Adds the other's buckets to the target's on their common bounds. What is left has a count, or would have had
    /// one but for rounding.
    static void intersect(HistogramSum target, HistogramSum other, boolean subtract, boolean compensated) {
        double[] common = common(target.bounds, other.bounds);
        var result = new BucketSide();
        result.load(Spans.of(0, common.length + 1), new double[common.length + 1]);
        gather(target, common, false, result);
        gather(other, common, subtract, result);
        result.compact();
        target.positive.copyFrom(result);
        if (!compensated) {
            target.positive.forgetCarries();
        }
        target.bounds = common;
    }

    private static void gather(HistogramSum source, double[] common, boolean subtract, BucketSide result) {
        BucketSide side = source.positive;
        for (int i = 0; i < side.size; i++) {
            int at = target(common, source.bounds, side.indices[i]);
            result.add(at, subtract ? -side.values[i] : side.values[i], true);
            if (side.carries[i] != 0) {
                result.add(at, subtract ? -side.carries[i] : side.carries[i], true);
            }
        }
    }
}
