package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import java.util.Arrays;

/// PromQL's equality of histograms: `==`, `!=`, `changes()`.
public final class HistogramEquality {
    private HistogramEquality() {}

    /// Same schema, thresholds and bounds; counts and sums to the bit, so that a NaN equals itself and 0 differs from
    /// -0; the same buckets, empty ones included. Hints do not matter.
    public static boolean same(FloatHistogram a, FloatHistogram b) {
        return a.schema() == b.schema()
                && sameBits(a.count(), b.count())
                && sameBits(a.sum(), b.sum())
                && (!a.hasCustomBounds() || CustomBounds.same(a.customValues(), b.customValues()))
                && a.zeroThreshold() == b.zeroThreshold()
                && sameBits(a.zeroCount(), b.zeroCount())
                && sameLayout(a.negativeSpans(), b.negativeSpans())
                && sameBits(a.negativeBuckets(), b.negativeBuckets())
                && sameLayout(a.positiveSpans(), b.positiveSpans())
                && sameBits(a.positiveBuckets(), b.positiveBuckets());
    }

    private static boolean sameLayout(Spans a, Spans b) {
        return a.equals(b) || Arrays.equals(a.indices(), b.indices());
    }

    private static boolean sameBits(double a, double b) {
        return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
    }

    private static boolean sameBits(double[] a, double[] b) {
        if (a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            if (!sameBits(a[i], b[i])) {
                return false;
            }
        }
        return true;
    }
}
