package io.meridian.querier.json;

import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.promql.QueryResult;
import io.meridian.promql.ResultSeries;
import java.io.IOException;
import java.util.List;

/// Results of queries in Prometheus' JSON (`web/api/v1/json_codec.go`).
public final class ResultWriter {
    private final JsonOutput out;
    private final Parallel parallel;

    /// @param parallel threads that may make the text of large answers
    public ResultWriter(JsonOutput out, Parallel parallel) {
        this.out = out;
        this.parallel = parallel;
    }

    /// Writes `"resultType":…,"result":…`.
    public void write(QueryResult result) throws IOException {
        switch (result.type()) {
            case SCALAR -> {
                out.raw("\"resultType\":\"scalar\",\"result\":[").fixed(result.timeMs() / 1000.0);
                out.raw(",\"").fixed(result.scalar()).raw("\"]");
            }
            case STRING -> {
                out.raw("\"resultType\":\"string\",\"result\":[").fixed(result.timeMs() / 1000.0);
                out.raw(',').string(result.text()).raw(']');
            }
            case VECTOR -> {
                out.raw("\"resultType\":\"vector\",\"result\":[");
                vector(result.series());
                out.raw(']');
            }
            case MATRIX -> {
                out.raw("\"resultType\":\"matrix\",\"result\":[");
                matrix(result.series());
                out.raw(']');
            }
        }
    }

    private void vector(List<ResultSeries> all) throws IOException {
        HistogramWriter histograms = null;
        for (int i = 0; i < all.size(); i++) {
            ResultSeries series = all.get(i);
            out.raw(i == 0 ? "{\"metric\":" : ",{\"metric\":");
            labels(out, series.labels());
            HistogramColumn column = series.histograms();
            if (column == null || !column.isPresent(0)) {
                out.raw(",\"value\":[").time(series.times()[0]).raw(',');
                out.quoted(series.values()[0]).raw("]}");
            } else {
                out.raw(",\"histogram\":[").time(series.times()[0]).raw(',');
                if (histograms == null) {
                    histograms = new HistogramWriter(out);
                }
                histograms.write(column, 0);
                out.raw("]}");
            }
        }
    }

    private void matrix(List<ResultSeries> all) throws IOException {
        new MatrixWriter(all, parallel).write(out);
    }

    /// A label set as an object, in label order.
    public static void labels(JsonOutput out, Labels labels) throws IOException {
        out.raw('{');
        for (int i = 0; i < labels.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.label(labels.name(i)).raw(':').label(labels.value(i));
        }
        out.raw('}');
    }
}
