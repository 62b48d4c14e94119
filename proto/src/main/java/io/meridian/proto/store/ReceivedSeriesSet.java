package io.meridian.proto.store;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Fault;
import io.meridian.model.Labels;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.proto.codec.SeriesFrameReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Series of a stream: frames of one series joined, chunks sorted. A stream that is known to be sorted is passed on as
/// it comes; any other is received to its end and sorted where needed.
final class ReceivedSeriesSet implements SeriesSet, SeriesFrameReader.Sink {
    private static final Comparator<Chunk> BY_TIME =
            Comparator.comparingLong(Chunk::minMs).thenComparingLong(Chunk::maxMs);

    private final String name;
    private final FrameStream stream;
    private final QueryContext context;
    private final boolean trusted;
    private final SeriesFrameReader reader;
    private final ArrayDeque<ChunkSeries> received = new ArrayDeque<>();
    private boolean ended;
    /// Why the stream ended early; thrown once everything before it was given out.
    private @Nullable QueryException failure;

    private boolean ascending = true;
    private @Nullable Labels lastReceived;
    private long bytesReserved;

    ReceivedSeriesSet(String name, FrameStream stream, QueryContext context, boolean trusted) {
        this.name = name;
        this.stream = stream;
        this.context = context;
        this.trusted = trusted;
        this.reader = new SeriesFrameReader(name);
    }

    @Override
    public @Nullable Series next() {
        if (!trusted && !ended) {
            receiveAll();
        }
        ChunkSeries first = poll();
        if (first == null) {
            return null;
        }
        ChunkSeries same = peekSame(first.labels());
        if (same == null) {
            return inOrder(first);
        }
        // The set drops chunks that came twice.
        var chunks = new LinkedHashSet<>(first.chunks());
        while (same != null) {
            chunks.addAll(same.chunks());
            received.poll();
            same = peekSame(first.labels());
        }
        return inOrder(new ChunkSeries(first.labels(), List.copyOf(chunks)));
    }

    private @Nullable ChunkSeries poll() {
        while (received.isEmpty() && receive()) {}
        ChunkSeries next = received.poll();
        if (next == null && failure != null) {
            throw failure;
        }
        return next;
    }

    private @Nullable ChunkSeries peekSame(Labels labels) {
        while (received.isEmpty() && receive()) {}
        ChunkSeries next = received.peek();
        return next != null && next.labels().equals(labels) ? next : null;
    }

    private static ChunkSeries inOrder(ChunkSeries series) {
        List<Chunk> chunks = series.chunks();
        for (int i = 1; i < chunks.size(); i++) {
            if (BY_TIME.compare(chunks.get(i - 1), chunks.get(i)) > 0) {
                var sorted = new ArrayList<>(chunks);
                sorted.sort(BY_TIME);
                return new ChunkSeries(series.labels(), sorted);
            }
        }
        return series;
    }

    private void receiveAll() {
        while (receive()) {}
        if (!ascending) {
            var all = new ArrayList<>(received);
            all.sort(Comparator.comparing(ChunkSeries::labels));
            received.clear();
            received.addAll(all);
        }
    }

    /// Reads one frame; false at the end.
    private boolean receive() {
        if (ended) {
            return false;
        }
        FrameStream.Frame frame;
        try {
            frame = stream.next();
        } catch (QueryException e) {
            failure = e;
            frame = null;
        }
        if (frame == null) {
            ended = true;
            return false;
        }
        context.reserve(frame.length());
        bytesReserved += frame.length();
        try {
            reader.read(frame.bytes(), frame.offset(), frame.length(), this);
        } catch (CorruptDataException e) {
            close();
            throw new QueryException(Fault.STORE_UNAVAILABLE, "unreadable answer: " + e.getMessage(), e);
        }
        return true;
    }

    @Override
    public void series(Labels labels, List<Chunk> chunks) {
        if (lastReceived != null && lastReceived.compareTo(labels) > 0) {
            ascending = false;
            if (trusted) {
                throw new QueryException(
                        Fault.STORE_UNAVAILABLE,
                        name + " sent series out of order: " + labels + " after " + lastReceived);
            }
        }
        lastReceived = labels;
        received.add(new ChunkSeries(labels, chunks));
    }

    @Override
    public void warning(String text) {
        context.sourceFailed(new Notice(name, text), Fault.STORE_UNAVAILABLE);
    }

    /// Series that were given out are the caller's to count.
    @Override
    public void close() {
        ended = true;
        received.clear();
        context.release(bytesReserved);
        bytesReserved = 0;
        stream.close();
    }
}
