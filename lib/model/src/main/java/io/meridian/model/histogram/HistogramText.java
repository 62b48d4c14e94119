package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;
import io.meridian.model.GoFloat;

/// The text form of a histogram, which `count_values` makes a label value of.
public final class HistogramText {
    private HistogramText() {}

    /// Count, sum, then every populated bucket from the lowest up; bounds are not clipped at the zero bucket.
    public static String of(FloatHistogram histogram) {
        var out = new StringBuilder(64)
                .append("{count:")
                .append(GoFloat.general(histogram.count()))
                .append(", sum:")
                .append(GoFloat.general(histogram.sum()));
        double[] negative = histogram.negativeBuckets();
        int[] negativeIndices = histogram.negativeSpans().indices();
        for (int i = negative.length - 1; i >= 0; i--) {
            int index = negativeIndices[i];
            double lower = -HistogramBounds.upper(histogram, index);
            append(out, '[', lower, -HistogramBounds.lower(histogram, index), ')', negative[i]);
        }
        double threshold = histogram.zeroThreshold();
        append(out, '[', -threshold, threshold, ']', histogram.zeroCount());
        double[] positive = histogram.positiveBuckets();
        int[] positiveIndices = histogram.positiveSpans().indices();
        for (int i = 0; i < positive.length; i++) {
            int index = positiveIndices[i];
            char open = histogram.hasCustomBounds() && index == 0 ? '[' : '(';
            double lower = HistogramBounds.lower(histogram, index);
            append(out, open, lower, HistogramBounds.upper(histogram, index), ']', positive[i]);
        }
        return out.append('}').toString();
    }

    private static void append(StringBuilder out, char open, double lower, double upper, char close, double count) {
        if (count == 0) {
            return;
        }
        out.append(", ")
                .append(open)
                .append(GoFloat.general(lower))
                .append(',')
                .append(GoFloat.general(upper))
                .append(close)
                .append(':')
                .append(GoFloat.general(count));
    }
}
