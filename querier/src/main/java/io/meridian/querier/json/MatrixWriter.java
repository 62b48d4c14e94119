package io.meridian.querier.json;

import io.meridian.model.HistogramColumn;
import io.meridian.promql.ResultSeries;
import java.io.IOException;
import java.util.List;

/// The series of a range query as JSON. The text of many is made by several threads, piece by piece; the one that asks
/// sends the pieces in their order, so that nobody else waits for a slow client.
final class MatrixWriter {
    private static final int PIECE_POINTS = 6144;
    /// A number of a histogram has about as much text as a point.
    private static final int HISTOGRAM_BYTES_PER_POINT = 8;

    private static final int LONG_POINTS = 24_000;

    private final List<ResultSeries> all;
    private final Parallel parallel;
    private final int pieceSeries;

    MatrixWriter(List<ResultSeries> all, Parallel parallel) {
        this.all = all;
        this.parallel = parallel;
        long points = 1;
        for (ResultSeries series : all) {
            points = Math.max(points, points(series));
        }
        // what is too long for a piece that can be kept is sent as it is made
        pieceSeries = points > LONG_POINTS ? all.size() : (int) Math.max(1, PIECE_POINTS / points);
    }

    /// How many points with floats take as much text.
    private static long points(ResultSeries series) {
        HistogramColumn histograms = series.histograms();
        return series.times().length
                + (histograms == null ? 0 : histograms.retainedBytes() / HISTOGRAM_BYTES_PER_POINT);
    }

    void write(JsonOutput out) throws IOException {
        if (all.size() <= pieceSeries) {
            piece(0, new SeriesWriter(out));
            return;
        }
        int pieces = (all.size() + pieceSeries - 1) / pieceSeries;
        new PieceLine(pieces, out, this::piece).write(parallel);
    }

    /// Writes the text of a piece.
    private void piece(int number, SeriesWriter writer) throws IOException {
        int from = number * pieceSeries;
        int to = Math.min(all.size(), from + pieceSeries);
        for (int i = from; i < to; i++) {
            if (i > 0) {
                writer.out().raw(',');
            }
            writer.write(all.get(i));
        }
    }
}
