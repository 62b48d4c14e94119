package io.meridian.model.histogram;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;

/// Finds counter resets between two histograms of a series.
public final class HistogramResets {
    private HistogramResets() {}

    /// Whether a reset lies between the two: by the hint of the later one, else because some count fell, or a change
    /// of layout can only come from a restart. The sum does not matter.
    public static boolean isReset(FloatHistogram current, FloatHistogram previous) {
        if (current.hint() == CounterResetHint.RESET) {
            return true;
        }
        if (current.hint() == CounterResetHint.NOT_RESET) {
            return false;
        }
        if (current.count() < previous.count()) {
            return true;
        }
        if (current.hasCustomBounds()) {
            if (!previous.hasCustomBounds()) {
                return true;
            }
            if (!CustomBounds.same(current.customValues(), previous.customValues())) {
                return fellAtCommonBounds(current, previous);
            }
        }
        if (current.schema() > previous.schema() || current.zeroThreshold() < previous.zeroThreshold()) {
            return true;
        }
        return zeroBucketFell(current, previous)
                || fell(
                        current.schema(),
                        current.zeroThreshold(),
                        current.positiveSpans(),
                        current.positiveBuckets(),
                        previous.schema(),
                        previous.positiveSpans(),
                        previous.positiveBuckets())
                || fell(
                        current.schema(),
                        current.zeroThreshold(),
                        current.negativeSpans(),
                        current.negativeBuckets(),
                        previous.schema(),
                        previous.negativeSpans(),
                        previous.negativeBuckets());
    }

    private static boolean zeroBucketFell(FloatHistogram current, FloatHistogram previous) {
        if (current.zeroThreshold() == previous.zeroThreshold()) {
            return current.zeroCount() < previous.zeroCount();
        }
        var histogram = new HistogramSum();
        histogram.load(previous);
        var widened = new ZeroBucket();
        widened.widen(histogram, current.zeroThreshold());
        return widened.threshold != current.zeroThreshold() || current.zeroCount() < widened.count;
    }

    /// Whether a populated bucket outside the zero bucket is smaller now, or missing.
    private static boolean fell(
            int schema,
            double threshold,
            Spans spans,
            double[] counts,
            int previousSchema,
            Spans previousSpans,
            double[] previousCounts) {
        int[] indices = spans.indices();
        int[] previousIndices = previousSpans.indices();
        boolean exponential = schema != FloatHistogram.CUSTOM_SCHEMA;
        int at = 0;
        for (int i = 0; i < previousIndices.length; ) {
            int index = target(previousIndices[i], previousSchema, schema);
            double before = previousCounts[i];
            // Sums start with the first bucket, as Prometheus' iterator does.
            for (i++; i < previousIndices.length && target(previousIndices[i], previousSchema, schema) == index; i++) {
                before += previousCounts[i];
            }
            if (exponential && threshold > 0 && HistogramBounds.exponentialUpper(schema, index) <= threshold) {
                continue;
            }
            while (at < indices.length && indices[at] < index) {
                at++;
            }
            if (at == indices.length || indices[at] > index ? before != 0 : counts[at] < before) {
                return true;
            }
        }
        return false;
    }

    private static int target(int index, int from, int to) {
        return from == to ? index : HistogramResolution.targetIndex(index, from, to);
    }

    /// Whether, rolled up to the bounds that both have, any bucket is smaller now.
    private static boolean fellAtCommonBounds(FloatHistogram current, FloatHistogram previous) {
        double[] common = CustomBounds.common(current.customValues(), previous.customValues());
        double[] now = rollUp(current, common);
        double[] before = rollUp(previous, common);
        for (int i = 0; i < now.length; i++) {
            if (now[i] < before[i]) {
                return true;
            }
        }
        return false;
    }

    private static double[] rollUp(FloatHistogram histogram, double[] common) {
        double[] sums = new double[common.length + 1];
        int[] indices = histogram.positiveSpans().indices();
        for (int i = 0, place = 0; i < indices.length; i++) {
            double upper = HistogramBounds.customUpper(histogram.customValues(), indices[i]);
            while (place < common.length && common[place] < upper) {
                place++;
            }
            sums[place] += histogram.positiveBuckets()[i];
        }
        return sums;
    }
}
