package io.meridian.querier.dedup;

import io.meridian.model.FloatHistogram;

/// A histogram divided by a number.
final class HistogramDivision {
    private HistogramDivision() {}

    static FloatHistogram divide(FloatHistogram histogram, double divisor) {
        return new FloatHistogram(
                histogram.hint(),
                histogram.schema(),
                histogram.zeroThreshold(),
                histogram.zeroCount() / divisor,
                histogram.count() / divisor,
                histogram.sum() / divisor,
                histogram.positiveSpans(),
                divide(histogram.positiveBuckets(), divisor),
                histogram.negativeSpans(),
                divide(histogram.negativeBuckets(), divisor),
                histogram.customValues());
    }

    private static double[] divide(double[] buckets, double divisor) {
        var quotients = new double[buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            quotients[i] = buckets[i] / divisor;
        }
        return quotients;
    }
}
