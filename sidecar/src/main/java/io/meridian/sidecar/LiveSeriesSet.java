package io.meridian.sidecar;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Fault;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.proto.codec.LabelCursor;
import io.meridian.proto.remote.ReadPart;
import io.meridian.proto.remote.StreamedReader;
import io.meridian.proto.remote.WireSeries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Series of a streamed remote read, with external labels, in their order.
///
/// Prometheus sorts by labels without the external ones. Putting those in may change the order among series that are
/// equal up to where the first external label belongs: such a run is held and sorted at a time, not the whole answer.
/// What is held stays where it was received, as it was sent.
final class LiveSeriesSet implements SeriesSet {
    /// A series of the run.
    private static final class Held {
        final List<ReadPart> parts = new ArrayList<>(1);
        /// With external ones, where that is not as they came.
        final byte @Nullable [] labels;

        Held(ReadPart part, byte @Nullable [] labels) {
            parts.add(part);
            this.labels = labels;
        }
    }

    private final StreamedReader reader;
    private final PrometheusClient.Read answer;
    private final ExternalLabels externalLabels;
    private final QueryContext context;
    private final String name;
    private final LabelCursor one = new LabelCursor();
    private final LabelCursor other = new LabelCursor();
    private final List<Held> run = new ArrayList<>();
    private int next;
    private @Nullable Held ahead;
    private boolean ended;
    private long bytesHeld;

    LiveSeriesSet(
            StreamedReader reader,
            PrometheusClient.Read answer,
            ExternalLabels externalLabels,
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
        ChunkedSeries series = nextTransient();
        return series instanceof WireSeries received ? received.copy() : series;
    }

    @Override
    public @Nullable ChunkedSeries nextTransient() {
        if (next == run.size() && !ended) {
            readRun();
        }
        if (next == run.size()) {
            return null;
        }
        Held first = run.get(next++);
        if (next == run.size() || compare(first, run.get(next)) != 0) {
            return series(first);
        }
        var same = new ArrayList<ChunkSeries>();
        same.add(series(first).copy());
        while (next < run.size() && compare(first, run.get(next)) == 0) {
            same.add(series(run.get(next++)).copy());
        }
        return SeriesOrder.joined(same);
    }

    private WireSeries series(Held series) {
        byte[] labels = series.labels;
        return labels == null ? reader.series(series.parts) : reader.series(series.parts, labels);
    }

    /// Reads up to where the order is safe again.
    private void readRun() {
        run.clear();
        next = 0;
        context.release(bytesHeld);
        bytesHeld = 0;
        Held first = ahead != null ? ahead : read();
        ahead = null;
        if (first == null) {
            return;
        }
        reader.hold(first.parts.getFirst());
        hold(first);
        boolean sorted = true;
        while (true) {
            Held following = read();
            if (following == null) {
                break;
            }
            if (externalLabels.isBoundary(labels(one, first), labels(other, following))) {
                ahead = following;
                break;
            }
            Held last = run.getLast();
            int order = compare(last, following);
            ReadPart part = following.parts.getFirst();
            if (order == 0 && part.follows(last.parts.getLast())) {
                last.parts.add(part);
                count(part);
                continue;
            }
            sorted &= order <= 0;
            hold(following);
        }
        if (!sorted) {
            run.sort(this::compare);
        }
    }

    private void hold(Held series) {
        run.add(series);
        count(series.parts.getFirst());
    }

    private void count(ReadPart part) {
        context.reserve(part.length());
        bytesHeld += part.length();
        context.countRead(0, part.length());
    }

    private int compare(Held a, Held b) {
        return labels(one, a).compareRest(labels(other, b));
    }

    private LabelCursor labels(LabelCursor target, Held series) {
        byte[] labels = series.labels;
        return labels == null ? reader.labels(target, series.parts.getFirst()) : target.reset(labels, 0, labels.length);
    }

    /// The next series or part of one; null at the end.
    private @Nullable Held read() {
        context.check();
        try {
            if (!reader.next()) {
                ended = true;
                return null;
            }
            ReadPart part = reader.part();
            boolean asItCame = part.hasUsualLabels() && externalLabels.areIn(reader.labels(one, part));
            return new Held(
                    part,
                    asItCame
                            ? null
                            : externalLabels.over(reader.series(List.of(part)).labels()));
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
        run.clear();
        next = 0;
        ahead = null;
        context.release(bytesHeld);
        bytesHeld = 0;
        answer.close();
    }
}
