package io.meridian.promql.histogram;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import java.util.Arrays;

/// PromQL's `==` of histograms: the same numbers to the bit in the same buckets, empty ones included; hints do not
/// matter.
public final class HistogramComparison {
    private HistogramComparison() {}

    public static boolean equal(FloatHistogram a, FloatHistogram b) {
        return a.schema() == b.schema()
                && sameBits(a.count(), b.count())
                && sameBits(a.sum(), b.sum())
                && sameBits(a.zeroCount(), b.zeroCount())
                && a.zeroThreshold() == b.zeroThreshold()
                && sameBounds(a.customValues(), b.customValues())
                && sameLayout(a.positiveSpans(), b.positiveSpans())
                && sameLayout(a.negativeSpans(), b.negativeSpans())
                && sameBits(a.positiveBuckets(), b.positiveBuckets())
                && sameBits(a.negativeBuckets(), b.negativeBuckets());
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

    private static boolean sameBounds(double[] a, double[] b) {
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

    private static boolean sameLayout(Spans a, Spans b) {
        return a.equals(b) || Arrays.equals(a.indices(), b.indices());
    }
}
