package io.meridian.querier.json;

import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramBuckets;
import java.io.IOException;

/// Native histograms in Prometheus' JSON (`util/jsonutil`): populated buckets from the lowest up, each with the rule
/// of its bounds ([HistogramBuckets#boundaryRule]).
final class HistogramWriter {
    private HistogramWriter() {}

    static void write(JsonOutput out, FloatHistogram histogram) throws IOException {
        out.raw("{\"count\":").quoted(histogram.count());
        out.raw(",\"sum\":").quoted(histogram.sum());
        HistogramBuckets buckets = HistogramBuckets.of(histogram);
        boolean empty = true;
        for (int i = 0; i < buckets.size(); i++) {
            if (buckets.count(i) == 0) {
                continue;
            }
            out.raw(empty ? ",\"buckets\":[[" : ",[");
            empty = false;
            out.number(buckets.boundaryRule(i))
                    .raw(',')
                    .quoted(buckets.lower(i))
                    .raw(',');
            out.quoted(buckets.upper(i)).raw(',').quoted(buckets.count(i)).raw(']');
        }
        if (!empty) {
            out.raw(']');
        }
        out.raw('}');
    }
}
