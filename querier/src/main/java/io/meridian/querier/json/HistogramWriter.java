package io.meridian.querier.json;

import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramBuckets;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Native histograms in Prometheus' JSON (`util/jsonutil`): populated buckets from the lowest up, each with the rule
/// of its bounds ([HistogramBuckets#boundaryRule]).
///
/// Successive histograms mostly have the same buckets, so the texts of their bounds are kept.
final class HistogramWriter {
    private final JsonOutput out;
    private @Nullable FloatHistogram layout;
    private byte[] texts = {};
    private int[] ends = {};

    HistogramWriter(JsonOutput out) {
        this.out = out;
    }

    void write(FloatHistogram histogram) throws IOException {
        out.raw("{\"count\":").quoted(histogram.count());
        out.raw(",\"sum\":").quoted(histogram.sum());
        if (layout == null || !hasSameBounds(histogram, layout)) {
            use(histogram);
        }
        double[] negative = histogram.negativeBuckets();
        double[] positive = histogram.positiveBuckets();
        int bucket = 0;
        boolean empty = true;
        for (int i = negative.length - 1; i >= 0; i--) {
            empty = bucket(bucket++, negative[i], empty);
        }
        if (histogram.zeroCount() > 0) {
            empty = bucket(bucket++, histogram.zeroCount(), empty);
        }
        for (double count : positive) {
            empty = bucket(bucket++, count, empty);
        }
        out.raw(empty ? "}" : "]}");
    }

    private boolean bucket(int index, double count, boolean first) throws IOException {
        if (count == 0) {
            return first;
        }
        out.raw(first ? ",\"buckets\":[" : ",");
        int start = index == 0 ? 0 : ends[index - 1];
        out.raw(texts, start, ends[index] - start);
        out.quoted(count).raw(']');
        return false;
    }

    private static boolean hasSameBounds(FloatHistogram a, FloatHistogram b) {
        return a.schema() == b.schema()
                && a.zeroThreshold() == b.zeroThreshold()
                && a.zeroCount() > 0 == b.zeroCount() > 0
                && a.positiveSpans().equals(b.positiveSpans())
                && a.negativeSpans().equals(b.negativeSpans())
                && Arrays.equals(a.customValues(), b.customValues());
    }

    private void use(FloatHistogram histogram) {
        layout = histogram;
        HistogramBuckets buckets = HistogramBuckets.of(histogram);
        int textBytesMax = 2 * NumberText.BYTES_MAX + 16;
        if (texts.length < textBytesMax * buckets.size()) {
            texts = new byte[textBytesMax * buckets.size()];
            ends = new int[buckets.size()];
        }
        int at = 0;
        for (int i = 0; i < buckets.size(); i++) {
            texts[at++] = '[';
            at = NumberText.write(buckets.boundaryRule(i), texts, at);
            at = quoted(buckets.lower(i), at);
            at = quoted(buckets.upper(i), at);
            texts[at++] = ',';
            ends[i] = at;
        }
    }

    /// A comma and the quoted number.
    private int quoted(double value, int position) {
        texts[position] = ',';
        texts[position + 1] = '"';
        int at = NumberText.write(value, true, texts, position + 2);
        texts[at] = '"';
        return at + 1;
    }
}
