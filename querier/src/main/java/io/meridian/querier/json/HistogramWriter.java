package io.meridian.querier.json;

import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramBounds;
import java.io.IOException;

/// Native histograms in Prometheus' JSON (`util/jsonutil`): populated buckets from the lowest up, each with the rule
/// of its bounds: 0 = `(a, b]`, 1 = `[a, b)`, 3 = `[a, b]`.
final class HistogramWriter {
    private static final int OPEN_LEFT = 0;
    private static final int OPEN_RIGHT = 1;
    private static final int CLOSED = 3;

    private final JsonOutput out;
    private boolean empty = true;

    private HistogramWriter(JsonOutput out) {
        this.out = out;
    }

    static void write(JsonOutput out, FloatHistogram histogram) throws IOException {
        out.raw("{\"count\":").quoted(histogram.count());
        out.raw(",\"sum\":").quoted(histogram.sum());
        new HistogramWriter(out).buckets(histogram);
        out.raw('}');
    }

    private void buckets(FloatHistogram histogram) throws IOException {
        double[] negative = histogram.negativeBuckets();
        int[] negativeIndices = histogram.negativeSpans().indices();
        for (int i = negative.length - 1; i >= 0; i--) {
            double lower = -HistogramBounds.upper(histogram, negativeIndices[i]);
            double upper = -HistogramBounds.lower(histogram, negativeIndices[i]);
            bucket(OPEN_RIGHT, lower, upper, negative[i]);
        }
        if (histogram.zeroCount() != 0) {
            bucket(CLOSED, -histogram.zeroThreshold(), histogram.zeroThreshold(), histogram.zeroCount());
        }
        double[] positive = histogram.positiveBuckets();
        int[] positiveIndices = histogram.positiveSpans().indices();
        for (int i = 0; i < positive.length; i++) {
            int index = positiveIndices[i];
            int rule = histogram.hasCustomBounds() && index == 0 ? CLOSED : OPEN_LEFT;
            bucket(rule, HistogramBounds.lower(histogram, index), HistogramBounds.upper(histogram, index), positive[i]);
        }
        if (!empty) {
            out.raw(']');
        }
    }

    private void bucket(int rule, double lower, double upper, double count) throws IOException {
        if (count == 0) {
            return;
        }
        out.raw(empty ? ",\"buckets\":[[" : ",[");
        empty = false;
        out.number(rule).raw(',').quoted(lower).raw(',').quoted(upper).raw(',');
        out.quoted(count).raw(']');
    }
}
