package io.meridian.model.histogram;

import io.meridian.model.FloatHistogram;
import io.meridian.model.GoFloat;
import java.util.function.DoubleFunction;

/// The text form of a histogram, which `count_values` makes a label value of.
public final class HistogramText {
    private HistogramText() {}

    /// Count, sum, then every populated bucket from the lowest up; bounds are not clipped at the zero bucket.
    public static String of(FloatHistogram histogram) {
        return of(histogram, GoFloat::general);
    }

    /// As above, of what was stored as integers: Prometheus prints all digits of these.
    public static String ofIntegers(FloatHistogram histogram) {
        return of(histogram, count -> Long.toUnsignedString((long) count));
    }

    private static String of(FloatHistogram histogram, DoubleFunction<String> number) {
        var out = new StringBuilder(64)
                .append("{count:")
                .append(number.apply(histogram.count()))
                .append(", sum:")
                .append(GoFloat.general(histogram.sum()));
        double[] negative = histogram.negativeBuckets();
        int[] negativeIndices = histogram.negativeSpans().indices();
        for (int i = negative.length - 1; i >= 0; i--) {
            int index = negativeIndices[i];
            double lower = -HistogramBounds.upper(histogram, index);
            // as far down as doubles end, the bound is zero and does not belong to the bucket
            append(
                    out,
                    lower < 0 ? '[' : '(',
                    lower,
                    -HistogramBounds.lower(histogram, index),
                    ')',
                    number,
                    negative[i]);
        }
        double threshold = histogram.zeroThreshold();
        append(out, '[', -threshold, threshold, ']', number, histogram.zeroCount());
        double[] positive = histogram.positiveBuckets();
        int[] positiveIndices = histogram.positiveSpans().indices();
        for (int i = 0; i < positive.length; i++) {
            int index = positiveIndices[i];
            char open = histogram.hasCustomBounds() && index == 0 ? '[' : '(';
            double lower = HistogramBounds.lower(histogram, index);
            double upper = HistogramBounds.upper(histogram, index);
            char close = histogram.hasCustomBounds() || upper > 0 ? ']' : ')';
            append(out, open, lower, upper, close, number, positive[i]);
        }
        return out.append('}').toString();
    }

    private static void append(
            StringBuilder out,
            char open,
            double lower,
            double upper,
            char close,
            DoubleFunction<String> number,
            double count) {
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
                .append(number.apply(count));
    }
}
