package io.meridian.proto.codec;

import io.meridian.model.Labels;
import io.meridian.model.XxHash64;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.EncodedChunk;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Writes series as `thanos.SeriesResponse` messages: one per frame, or in batches of exactly so many, the rest in a
/// last one. A frame is cut early once it passes [#FRAME_BYTES_MAX]; so is one large series. For one thread.
public final class SeriesFrameWriter {
    static final int FRAME_BYTES_MAX = 1 << 20;

    private static final int FRAME_SERIES = 1;
    private static final int FRAME_WARNING = 2;
    private static final int FRAME_BATCH = 4;
    private static final int FIELD_RAW = 3;
    private static final int FIELD_COUNT = 4;
    private static final int FIELD_RESOLUTION = 1900;

    private final Set<Aggregate> aggregates;
    private final boolean forMeridian;
    private final int batchSize;
    private final Consumer<byte[]> frames;
    private final BackwardWriter out = new BackwardWriter();
    private byte[] batch = new byte[64 << 10];
    private int batchBytes;
    private int batchCount;

    /// @param aggregates  which aggregates of downsampled chunks are sent
    /// @param forMeridian whether the client announced itself: it gets resolutions, and needs no hashes
    /// @param batchSize   series per frame; up to 1: frames without batches
    /// @param frames      gets each finished message; may block
    public SeriesFrameWriter(Set<Aggregate> aggregates, boolean forMeridian, long batchSize, Consumer<byte[]> frames) {
        this.aggregates = aggregates;
        this.forMeridian = forMeridian;
        this.batchSize = Math.clamp(batchSize, 1, 10_000);
        this.frames = frames;
    }

    /// Writes one series, in several frames where its chunks are larger than one takes.
    public void series(Labels labels, List<Chunk> chunks) {
        int from = 0;
        do {
            int to = from;
            long bytes = 0;
            while (to < chunks.size() && (to == from || bytes < FRAME_BYTES_MAX)) {
                bytes += chunks.get(to++).retainedBytes();
            }
            frame(labels, chunks.subList(from, to));
            from = to;
        } while (from < chunks.size());
    }

    private void frame(Labels labels, List<Chunk> chunks) {
        out.clear();
        for (int i = chunks.size() - 1; i >= 0; i--) {
            int before = out.size();
            aggrChunk(chunks.get(i));
            out.message(2, before);
        }
        for (int i = labels.size() - 1; i >= 0; i--) {
            int before = out.size();
            out.string(2, labels.value(i));
            out.string(1, labels.name(i));
            out.message(1, before);
        }
        out.message(FRAME_SERIES, 0);
        if (batchSize == 1) {
            frames.accept(out.toBytes());
            return;
        }
        // Field 1 of a batch is a series too, so the same bytes serve.
        addToBatch();
        if (batchCount == batchSize || batchBytes >= FRAME_BYTES_MAX) {
            flush();
        }
    }

    private void addToBatch() {
        int size = out.size();
        if (batch.length - batchBytes < size) {
            batch = Arrays.copyOf(batch, Math.max(2 * batch.length, Math.addExact(batchBytes, size)));
        }
        System.arraycopy(out.array(), out.offset(), batch, batchBytes, size);
        batchBytes += size;
        batchCount++;
    }

    /// Sends what waits for its batch to fill.
    public void flush() {
        if (batchCount > 0) {
            out.clear();
            out.bytes(FRAME_BATCH, batch, 0, batchBytes);
            batchBytes = 0;
            batchCount = 0;
            frames.accept(out.toBytes());
        }
    }

    /// Sends a warning, after what waits.
    public void warning(String text) {
        flush();
        out.clear();
        out.string(FRAME_WARNING, text);
        frames.accept(out.toBytes());
    }

    private void aggrChunk(Chunk chunk) {
        switch (chunk) {
            case EncodedChunk raw -> chunk(FIELD_RAW, raw);
            case AggregateChunk downsampled -> {
                if (forMeridian) {
                    out.number(FIELD_RESOLUTION, downsampled.resolutionMs());
                }
                Aggregate[] all = Aggregate.values();
                for (int i = all.length - 1; i >= 0; i--) {
                    EncodedChunk part = aggregates.contains(all[i]) ? downsampled.part(all[i]) : null;
                    if (part != null) {
                        chunk(FIELD_COUNT + i, part);
                    }
                }
            }
        }
        out.number(2, chunk.maxMs());
        out.number(1, chunk.minMs());
    }

    private void chunk(int field, EncodedChunk chunk) {
        int before = out.size();
        if (!forMeridian) {
            out.number(3, XxHash64.hash(chunk.array(), chunk.offset(), chunk.length()));
        }
        out.bytes(2, chunk.array(), chunk.offset(), chunk.length());
        out.number(1, WireEncoding.storeType(chunk.encoding()));
        out.message(field, before);
    }
}
