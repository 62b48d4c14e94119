package io.meridian.proto.codec;

import io.meridian.model.Labels;
import io.meridian.model.XxHash64;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkOrigin;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.model.chunk.EncodedChunk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Writes series as `thanos.SeriesResponse` messages: one per frame, or in batches of at most so many. A batch ends
/// early once it passes [#BATCH_BYTES_MAX], and one large series is cut once it passes [#FRAME_BYTES_MAX]. Messages
/// are handed on many at a time, as soon as there are [#SEND_BYTES] of them or some have waited. For one thread.
public final class SeriesFrameWriter implements ChunkedSeries.Visitor {
    static final int FRAME_BYTES_MAX = 1 << 20;
    static final int BATCH_BYTES_MAX = 48 << 10;

    private static final int SEND_BYTES = 48 << 10;
    private static final long WAIT_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int FRAME_SERIES = 1;
    private static final int FRAME_WARNING = 2;
    private static final int FRAME_BATCH = 4;
    private static final int SERIES_CHUNK = 2;
    private static final int FIELD_RAW = 3;
    private static final int FIELD_COUNT = 4;
    private static final int FIELD_RESOLUTION = 1900;
    private static final int FIELD_ORIGIN = 1901;
    private static final int FIELD_ORIGIN_NAME = 1902;
    static final int ORIGIN_UNKNOWN = 1;
    static final int ORIGIN_FIRST = 2;
    private static final long CHUNK_OBJECT_BYTES = 48;
    private static final Aggregate[] AGGREGATES = Aggregate.values();

    private final Set<Aggregate> aggregates;
    private final boolean forMeridian;
    private final int batchSize;
    private final FrameSink sink;
    private final FrameBuffer out = new FrameBuffer(64 << 10);
    private long firstWaitsSince;

    private int frameStart = -1;
    private int batchStart;
    private int batchCount;
    private int batchWidth = 3;

    private Labels labels = Labels.empty();
    private @Nullable EncodedLabels encodedLabels;
    /// Where the series that was begun and did not end yet stands with its tag; -1: there is none.
    private int openSeries = -1;
    private int seriesStart;
    private int seriesWidth = 2;
    private long seriesBytes;
    private int chunkWidth = 2;

    /// Where the chunks come from: the number of an origin is told once it changes, its name at the first time.
    private final Map<ChunkOrigin, Integer> origins = new HashMap<>();
    private @Nullable ChunkOrigin origin;
    private @Nullable ChunkOrigin toldOrigin;

    /// @param aggregates  which aggregates of downsampled chunks are sent
    /// @param forMeridian whether the client announced itself: it gets resolutions and origins, and needs no hashes
    /// @param batchSize   series per frame; up to 1: frames without batches
    public SeriesFrameWriter(Set<Aggregate> aggregates, boolean forMeridian, long batchSize, FrameSink sink) {
        this.aggregates = aggregates;
        this.forMeridian = forMeridian;
        this.batchSize = Math.clamp(batchSize, 1, 10_000);
        this.sink = sink;
    }

    /// Writes one series.
    public void series(Labels all, List<Chunk> chunks) {
        begin(all);
        for (Chunk chunk : chunks) {
            chunk(chunk);
        }
        end();
    }

    /// Begins a series; its chunks follow, then [#end].
    public void begin(Labels all) {
        labels = all;
        encodedLabels = null;
        origin = null;
        beginPart();
    }

    /// The same with labels that are encoded already.
    public void begin(EncodedLabels all) {
        encodedLabels = all;
        origin = null;
        beginPart();
    }

    /// The series, or what follows after it was cut.
    private void beginPart() {
        if (out.position() == 0) {
            firstWaitsSince = System.nanoTime();
        }
        if (frameStart < 0) {
            frameStart = out.skip(FrameSink.PREFIX_BYTES);
            if (batchSize > 1) {
                out.tag(FRAME_BATCH);
                batchStart = out.skip(batchWidth);
            }
        }
        // Field 1 of a batch is a series, too.
        openSeries = out.position();
        out.tag(FRAME_SERIES);
        seriesStart = out.skip(seriesWidth);
        seriesBytes = 0;
        if (encodedLabels == null) {
            out.labels(labels);
        } else {
            int from = encodedLabels.labelsFrom();
            out.raw(encodedLabels.labelArray(), from, encodedLabels.labelsTo() - from);
        }
    }

    private void endPart() {
        seriesWidth = out.close(seriesStart, seriesWidth);
        openSeries = -1;
        batchCount++;
        if (batchSize == 1 || batchCount == batchSize || out.position() - frameStart >= BATCH_BYTES_MAX) {
            endFrame();
        }
    }

    /// Ends a series.
    public void end() {
        endPart();
        if (frameStart < 0 && (out.position() >= SEND_BYTES || System.nanoTime() - firstWaitsSince > WAIT_NANOS_MAX)) {
            send();
        }
    }

    private void endFrame() {
        if (batchSize > 1) {
            batchWidth = out.close(batchStart, batchWidth);
        }
        closePrefix();
        batchCount = 0;
    }

    private void closePrefix() {
        out.array()[frameStart] = 0;
        out.bigEndian(frameStart + 1, out.position() - frameStart - FrameSink.PREFIX_BYTES);
        frameStart = -1;
    }

    private void send() {
        if (out.position() > 0) {
            sink.send(out.array(), 0, out.position());
            out.clear();
        }
    }

    /// Sends what waits.
    public void flush() {
        if (frameStart >= 0) {
            endFrame();
        }
        send();
    }

    /// Sends the series that are complete; one that was begun only is dropped. For an answer that fails.
    public void flushComplete() {
        if (openSeries >= 0) {
            out.truncate(batchCount > 0 ? openSeries : frameStart);
            openSeries = -1;
            if (batchCount == 0) {
                frameStart = -1;
            }
        }
        flush();
    }

    /// Sends a warning, after what waits.
    public void warning(String text) {
        flush();
        frameStart = out.skip(FrameSink.PREFIX_BYTES);
        out.string(FRAME_WARNING, text);
        closePrefix();
        send();
    }

    /// Cuts the series where it has become too large before the next chunk.
    private void cut(long chunkBytes) {
        if (seriesBytes >= FRAME_BYTES_MAX) {
            endPart();
            if (frameStart < 0) {
                send();
            }
            beginPart();
        }
        seriesBytes += chunkBytes;
    }

    @Override
    public void from(@Nullable ChunkOrigin next) {
        origin = next;
    }

    private void origin() {
        if (!forMeridian || Objects.equals(origin, toldOrigin)) {
            return;
        }
        toldOrigin = origin;
        if (origin == null) {
            out.number(FIELD_ORIGIN, ORIGIN_UNKNOWN);
            return;
        }
        Integer known = origins.get(origin);
        int number = known == null ? ORIGIN_FIRST + origins.size() : known;
        out.number(FIELD_ORIGIN, number);
        if (known == null) {
            origins.put(origin, number);
            out.string(FIELD_ORIGIN_NAME, origin.name());
        }
    }

    /// A chunk of the series that was begun.
    public void chunk(Chunk chunk) {
        from(chunk.origin());
        switch (chunk) {
            case EncodedChunk raw ->
                chunk(raw.encoding(), raw.minMs(), raw.maxMs(), raw.array(), raw.offset(), raw.length());
            case AggregateChunk downsampled -> aggregates(downsampled);
        }
    }

    @Override
    public void chunk(ChunkEncoding encoding, long minMs, long maxMs, byte[] bytes, int offset, int length) {
        cut(length + CHUNK_OBJECT_BYTES);
        int start = beginChunk(minMs, maxMs);
        payload(FIELD_RAW, encoding, bytes, offset, length);
        origin();
        chunkWidth = out.close(start, chunkWidth);
    }

    private void aggregates(AggregateChunk chunk) {
        cut(chunk.retainedBytes());
        int start = beginChunk(chunk.minMs(), chunk.maxMs());
        for (int i = 0; i < AGGREGATES.length; i++) {
            EncodedChunk part = aggregates.contains(AGGREGATES[i]) ? chunk.part(AGGREGATES[i]) : null;
            if (part != null) {
                payload(FIELD_COUNT + i, part.encoding(), part.array(), part.offset(), part.length());
            }
        }
        if (forMeridian) {
            out.number(FIELD_RESOLUTION, chunk.resolutionMs());
            origin();
        }
        chunkWidth = out.close(start, chunkWidth);
    }

    private int beginChunk(long minMs, long maxMs) {
        out.tag(SERIES_CHUNK);
        int start = out.skip(chunkWidth);
        out.number(1, minMs);
        out.number(2, maxMs);
        return start;
    }

    private void payload(int field, ChunkEncoding encoding, byte[] bytes, int offset, int length) {
        int type = WireEncoding.storeType(encoding);
        long hash = forMeridian ? 0 : XxHash64.hash(bytes, offset, length);
        int size = FrameBuffer.numberLength(1, type) + FrameBuffer.numberLength(3, hash);
        if (length > 0) {
            size += 1 + FrameBuffer.varintLength(length) + length;
        }
        out.tag(field);
        out.varint(size);
        out.number(1, type);
        out.bytes(2, bytes, offset, length);
        out.number(3, hash);
    }
}
