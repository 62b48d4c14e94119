package io.meridian.querier.json;

import io.meridian.model.HistogramColumn;
import io.meridian.promql.ResultSeries;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Series of a range query as JSON, one after the other. Used by one thread.
final class SeriesWriter {
    private final JsonOutput out;
    private final PointTexts times = new PointTexts();
    private @Nullable HistogramWriter histograms;

    SeriesWriter(JsonOutput out) {
        this.out = out;
    }

    JsonOutput out() {
        return out;
    }

    /// Forgets what belongs to one answer.
    void forget() {
        times.forget();
        histograms = null;
    }

    void write(ResultSeries series) throws IOException {
        out.raw("{\"metric\":");
        ResultWriter.labels(out, series.labels());
        floats(series);
        histograms(series);
        out.raw('}');
    }

    private void floats(ResultSeries series) throws IOException {
        int from = 0;
        int to = series.times().length;
        while (from < to && !series.hasFloat(from)) {
            from++;
        }
        while (to > from && !series.hasFloat(to - 1)) {
            to--;
        }
        if (from < to) {
            times.use(series.times());
            out.raw(",\"values\":[").points(times, series.values(), from, to).raw(']');
        }
    }

    private void histograms(ResultSeries series) throws IOException {
        HistogramColumn column = series.histograms();
        if (column == null) {
            return;
        }
        HistogramWriter writer = histograms;
        if (writer == null) {
            writer = new HistogramWriter(out);
            histograms = writer;
        }
        boolean first = true;
        for (int i = 0; i < series.times().length; i++) {
            if (column.isPresent(i)) {
                out.raw(first ? ",\"histograms\":[[" : ",[");
                out.time(series.times()[i]).raw(',');
                writer.write(column, i);
                out.raw(']');
                first = false;
            }
        }
        if (!first) {
            out.raw(']');
        }
    }
}
