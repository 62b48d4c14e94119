package io.meridian.promql.script;

import io.meridian.model.FloatHistogram;
import io.meridian.model.StaleMarker;
import io.meridian.model.histogram.HistogramCompaction;
import java.util.Arrays;

/// When a value counts as the one expected.
final class Tolerance {
    private static final double RELATIVE = 1e-6;

    private Tolerance() {}

    /// Relative to the sum of both; a stale marker equals itself only, any other NaN any other.
    static boolean almostEqual(double a, double b) {
        if (StaleMarker.is(a) || StaleMarker.is(b)) {
            return StaleMarker.is(a) && StaleMarker.is(b);
        }
        if (Double.isNaN(a) && Double.isNaN(b) || a == b) {
            return true;
        }
        double difference = Math.abs(a - b);
        double magnitude = Math.abs(a) + Math.abs(b);
        if (a == 0 || b == 0 || magnitude < Double.MIN_NORMAL) {
            return difference < RELATIVE * Double.MIN_NORMAL;
        }
        return difference / Math.min(magnitude, Double.MAX_VALUE) < RELATIVE;
    }

    /// Layout and bounds exactly, numbers almost; the hint only if one is expected.
    static boolean almostEqual(FloatHistogram expected, boolean hintGiven, FloatHistogram actual) {
        FloatHistogram a = HistogramCompaction.compact(expected, 0);
        FloatHistogram b = HistogramCompaction.compact(actual, 0);
        return a.schema() == b.schema()
                && (!hintGiven || a.hint() == b.hint())
                && a.zeroThreshold() == b.zeroThreshold()
                && Arrays.equals(a.customValues(), b.customValues())
                && almostEqual(a.count(), b.count())
                && almostEqual(a.sum(), b.sum())
                && almostEqual(a.zeroCount(), b.zeroCount())
                && a.positiveSpans().equals(b.positiveSpans())
                && a.negativeSpans().equals(b.negativeSpans())
                && almostEqual(a.positiveBuckets(), b.positiveBuckets())
                && almostEqual(a.negativeBuckets(), b.negativeBuckets());
    }

    private static boolean almostEqual(double[] a, double[] b) {
        if (a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            if (!almostEqual(a[i], b[i])) {
                return false;
            }
        }
        return true;
    }
}
