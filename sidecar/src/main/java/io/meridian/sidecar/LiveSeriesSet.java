package io.meridian.sidecar;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Fault;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.Utf8;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.proto.remote.ReadSeries;
import io.meridian.proto.remote.StreamedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Series of a streamed remote read, with external labels, in their order.
///
/// Prometheus sorts by labels without the external ones. Putting those in changes the order only among series with the
/// same first label (usually the metric's name), as long as that label's name sorts before every external one: so one
/// such run is held and sorted at a time, not the whole answer.
final class LiveSeriesSet implements SeriesSet {
    private final StreamedReader reader;
    private final PrometheusClient.Streamed answer;
    private final Labels externalLabels;
    private final QueryContext context;
    private final String name;
    private final ArrayDeque<ChunkSeries> ready = new ArrayDeque<>();
    private @Nullable ReadSeries ahead;
    private boolean ended;
    private long bytesHeld;

    LiveSeriesSet(
            StreamedReader reader,
            PrometheusClient.Streamed answer,
            Labels externalLabels,
            QueryContext context,
            String name) {
        this.reader = reader;
        this.answer = answer;
        this.externalLabels = externalLabels;
        this.context = context;
        this.name = name;
    }

    @Override
    public @Nullable Series next() {
        if (ready.isEmpty() && !ended) {
            context.release(bytesHeld);
            bytesHeld = 0;
            ready.addAll(SeriesOrder.sortedAndJoined(run()));
        }
        return ready.poll();
    }

    /// The series up to where the order is safe again.
    private List<ChunkSeries> run() {
        var run = new ArrayList<ChunkSeries>();
        Labels first = null;
        while (true) {
            ReadSeries part = ahead != null ? ahead : read();
            ahead = null;
            if (part == null) {
                ended = true;
                return run;
            }
            if (first == null) {
                first = part.labels();
            } else if (isBoundary(first, part.labels())) {
                ahead = part;
                return run;
            }
            add(run, part);
        }
    }

    private boolean isBoundary(Labels before, Labels after) {
        return standsBeforeExternal(before)
                && standsBeforeExternal(after)
                && !(before.name(0).equals(after.name(0)) && before.value(0).equals(after.value(0)));
    }

    private boolean standsBeforeExternal(Labels labels) {
        return !labels.isEmpty()
                && !externalLabels.isEmpty()
                && Utf8.compare(labels.name(0), externalLabels.name(0)) < 0;
    }

    /// Adds a series, or joins it to the last one where both are parts of the same.
    private void add(List<ChunkSeries> run, ReadSeries part) {
        Labels labels = part.labels().overriddenBy(externalLabels);
        var series = new ChunkSeries(labels, part.chunks());
        long bytes = series.retainedBytes();
        context.reserve(bytes);
        bytesHeld += bytes;
        context.countRead(0, bytes);
        int last = run.size() - 1;
        if (last >= 0 && run.get(last).labels().equals(labels)) {
            var chunks = new ArrayList<Chunk>(run.get(last).chunks());
            chunks.addAll(part.chunks());
            run.set(last, new ChunkSeries(labels, chunks));
        } else {
            run.add(series);
        }
    }

    private @Nullable ReadSeries read() {
        context.check();
        try {
            return reader.next();
        } catch (CorruptDataException e) {
            context.check();
            throw new QueryException(Fault.STORE_UNAVAILABLE, name + ": " + e.getMessage(), e);
        } catch (IOException e) {
            context.check();
            throw new QueryException(Fault.STORE_UNAVAILABLE, name + ": remote read broke off: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        ended = true;
        ready.clear();
        context.release(bytesHeld);
        bytesHeld = 0;
        try {
            answer.close();
        } catch (IOException e) {
            // The connection is given up anyway.
        }
    }
}
