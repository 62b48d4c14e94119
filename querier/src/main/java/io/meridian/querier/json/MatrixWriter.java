package io.meridian.querier.json;

import io.meridian.model.HistogramColumn;
import io.meridian.promql.ResultSeries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// The series of a range query as JSON. The text of many is made by several threads, piece by piece; the one that asks
/// sends the pieces in their order, so that nobody else waits for a slow client.
final class MatrixWriter {
    private static final int PIECE_POINTS = 3072;
    /// A number of a histogram has about as much text as a point.
    private static final int HISTOGRAM_BYTES_PER_POINT = 8;

    private static final int LONG_POINTS = 24_000;
    private static final int PIECES_AT_ONCE = 8;
    /// Larger buffers are not kept for the next answer.
    private static final int KEPT_BYTES_MAX = 1 << 20;

    private static final ConcurrentLinkedQueue<SeriesWriter> KEPT = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger KEPT_COUNT = new AtomicInteger();

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
            piece(0, all.size(), new SeriesWriter(out), out);
            return;
        }
        int pieces = (all.size() + pieceSeries - 1) / pieceSeries;
        var writers = new SeriesWriter[Math.min(pieces, PIECES_AT_ONCE)];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = take();
        }
        for (int first = 0; first < pieces; first += writers.length) {
            int from = first;
            int count = Math.min(writers.length, pieces - first);
            parallel.forEach(count, i -> {
                int start = (from + i) * pieceSeries;
                try {
                    piece(start, Math.min(all.size(), start + pieceSeries), writers[i], writers[i].out());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            for (int i = 0; i < count; i++) {
                writers[i].out().moveTo(out);
            }
        }
        for (SeriesWriter writer : writers) {
            keep(writer);
        }
    }

    private void piece(int from, int to, SeriesWriter writer, JsonOutput text) throws IOException {
        for (int i = from; i < to; i++) {
            if (i > 0) {
                text.raw(',');
            }
            writer.write(all.get(i));
        }
    }

    private static SeriesWriter take() {
        SeriesWriter kept = KEPT.poll();
        if (kept == null) {
            return new SeriesWriter(JsonOutput.held());
        }
        KEPT_COUNT.decrementAndGet();
        return kept;
    }

    private static void keep(SeriesWriter writer) {
        if (writer.out().capacity() <= KEPT_BYTES_MAX && KEPT_COUNT.get() < 2 * PIECES_AT_ONCE) {
            writer.forget();
            KEPT_COUNT.incrementAndGet();
            KEPT.add(writer);
        }
    }
}
