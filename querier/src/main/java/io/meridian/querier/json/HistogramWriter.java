package io.meridian.querier.json;

import io.meridian.model.BucketLayout;
import io.meridian.model.HistogramColumn;
import io.meridian.model.StaleMarker;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Native histograms in Prometheus' JSON (`util/jsonutil`): populated buckets from the lowest up, each with the rule
/// of its bounds ([io.meridian.model.histogram.BucketBounds]).
final class HistogramWriter {
    private final JsonOutput out;
    private final CountTexts counts = new CountTexts();
    private @Nullable BucketTexts texts;

    HistogramWriter(JsonOutput out) {
        this.out = out;
    }

    /// Writes an entry that is present.
    void write(HistogramColumn column, int index) throws IOException {
        out.raw("{\"count\":").quoted(column.count(index));
        out.raw(",\"sum\":").quoted(column.sum(index));
        BucketLayout layout = column.layout(index);
        BucketTexts bounds = texts;
        if (bounds == null || !bounds.serves(layout)) {
            bounds = new BucketTexts(layout);
            texts = bounds;
        }
        double[] numbers = column.numbers();
        int positive = column.start(index) + HistogramColumn.BUCKETS;
        int negative = positive + layout.positiveCount();
        int[] indices = layout.negative().indices();
        boolean empty = true;
        for (int i = indices.length - 1; i >= 0; i--) {
            double count = numbers[negative + i];
            if (isShown(count)) {
                empty = bucket(bounds.negative(indices[i]), count, empty);
            }
        }
        double zeroCount = column.zeroCount(index);
        if (zeroCount > 0) {
            empty = bucket(bounds.zero(), zeroCount, empty);
        }
        indices = layout.positive().indices();
        for (int i = 0; i < indices.length; i++) {
            double count = numbers[positive + i];
            if (isShown(count)) {
                empty = bucket(bounds.positive(indices[i]), count, empty);
            }
        }
        out.raw(empty ? "}" : "]}");
    }

    private static boolean isShown(double count) {
        return count != 0 && !StaleMarker.is(count);
    }

    private boolean bucket(byte[] text, double count, boolean first) throws IOException {
        if (first) {
            out.raw(",\"buckets\":[");
        }
        // the first one without the comma before it
        out.bucket(text, first ? 1 : 0, count, counts);
        return false;
    }
}
