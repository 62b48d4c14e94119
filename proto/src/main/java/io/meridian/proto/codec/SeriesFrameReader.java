package io.meridian.proto.codec;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkOrigin;
import io.meridian.model.chunk.EncodedChunk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads `thanos.SeriesResponse` messages. Chunks are slices of the message's array. For one thread.
public final class SeriesFrameReader {
    /// Bytes that an array should have behind the message, so that chunk decoders may read where they lie.
    public static final int SLACK_BYTES = 64;

    private static final int FRAME_SERIES = 1 << 3 | ProtoReader.BYTES;
    private static final int FRAME_WARNING = 2 << 3 | ProtoReader.BYTES;
    private static final int FRAME_BATCH = 4 << 3 | ProtoReader.BYTES;
    private static final int BATCH_SERIES = 1 << 3 | ProtoReader.BYTES;
    private static final int SERIES_LABEL = 1 << 3 | ProtoReader.BYTES;
    private static final int SERIES_CHUNK = 2 << 3 | ProtoReader.BYTES;
    private static final int AGGR_MIN_TIME = 1 << 3;
    private static final int AGGR_MAX_TIME = 2 << 3;
    private static final int AGGR_RAW = 3 << 3 | ProtoReader.BYTES;
    private static final int AGGR_COUNT = 4 << 3 | ProtoReader.BYTES;
    private static final int AGGR_COUNTER = 8 << 3 | ProtoReader.BYTES;
    private static final int AGGR_RESOLUTION = 1900 << 3;
    private static final int AGGR_ORIGIN = 1901 << 3;
    private static final int AGGR_ORIGIN_NAME = 1902 << 3 | ProtoReader.BYTES;
    private static final int CHUNK_TYPE = 1 << 3;
    private static final int CHUNK_DATA = 2 << 3 | ProtoReader.BYTES;

    private static final int AGGREGATE_COUNT = Aggregate.values().length;

    /// Gets what a frame holds, in its order.
    public interface Sink {
        /// @param chunks in the order received; not necessarily sorted
        void series(Labels labels, List<Chunk> chunks);

        void warning(String text);
    }

    private final String resource;
    private final LabelReader labels = new LabelReader();
    private final ChunkOrigin sender;
    private final List<ChunkOrigin> origins = new ArrayList<>();
    private ChunkOrigin origin;

    /// @param resource who sends, for errors
    public SeriesFrameReader(String resource) {
        this.resource = resource;
        this.sender = new ChunkOrigin.Named(resource);
        this.origin = sender;
    }

    /// @throws CorruptDataException if the bytes are not such a message
    public void read(byte[] bytes, int offset, int length, Sink sink) {
        var in = new ProtoReader(resource, bytes, offset, length);
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case FRAME_SERIES -> series(in, sink);
                case FRAME_WARNING -> sink.warning(in.string());
                case FRAME_BATCH -> {
                    int outer = in.enter();
                    while (in.hasMore()) {
                        int inner = in.tag();
                        if (inner == BATCH_SERIES) {
                            series(in, sink);
                        } else {
                            in.skip(inner);
                        }
                    }
                    in.leave(outer);
                }
                default -> in.skip(tag);
            }
        }
    }

    private void series(ProtoReader in, Sink sink) {
        labels.clear();
        var chunks = new ArrayList<Chunk>();
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case SERIES_LABEL -> labels.add(in);
                case SERIES_CHUNK -> {
                    Chunk chunk = aggrChunk(in);
                    if (chunk != null) {
                        chunks.add(chunk);
                    }
                }
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        sink.series(labels.labels(), chunks);
    }

    private @Nullable Chunk aggrChunk(ProtoReader in) {
        long minMs = 0;
        long maxMs = 0;
        long resolutionMs = 0;
        long originNumber = 0;
        String originName = null;
        // Positions of the sub-chunks; their times stand in this message, perhaps behind them.
        int[] from = new int[AGGREGATE_COUNT + 1];
        java.util.Arrays.fill(from, -1);
        ChunkEncoding[] encodings = new ChunkEncoding[AGGREGATE_COUNT + 1];
        int[] lengths = new int[AGGREGATE_COUNT + 1];
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case AGGR_MIN_TIME -> minMs = in.varint();
                case AGGR_MAX_TIME -> maxMs = in.varint();
                case AGGR_RESOLUTION -> resolutionMs = in.varint();
                case AGGR_ORIGIN -> originNumber = in.varint();
                case AGGR_ORIGIN_NAME -> originName = in.string();
                default -> {
                    if (tag >= AGGR_RAW && tag <= AGGR_COUNTER && (tag & 7) == ProtoReader.BYTES) {
                        chunk(in, (tag - AGGR_RAW) >>> 3, from, lengths, encodings);
                    } else {
                        in.skip(tag);
                    }
                }
            }
        }
        in.leave(outer);
        if (originNumber != 0) {
            origin = origin(in, originNumber, originName);
        }
        if (from[0] >= 0) {
            return new EncodedChunk(encodings[0], minMs, maxMs, in.array(), from[0], lengths[0], origin);
        }
        var parts = new @Nullable EncodedChunk[AGGREGATE_COUNT];
        boolean any = false;
        for (int i = 0; i < AGGREGATE_COUNT; i++) {
            int slot = i + ((AGGR_COUNT - AGGR_RAW) >>> 3);
            if (from[slot] >= 0) {
                parts[i] =
                        new EncodedChunk(encodings[slot], minMs, maxMs, in.array(), from[slot], lengths[slot], origin);
                any = true;
            }
        }
        return any ? new AggregateChunk(minMs, maxMs, resolutionMs, parts) : null;
    }

    /// What the sender, one of ours, knows of where this chunk and those after it come from.
    private ChunkOrigin origin(ProtoReader in, long number, @Nullable String name) {
        if (number == SeriesFrameWriter.ORIGIN_UNKNOWN) {
            return sender;
        }
        long index = number - SeriesFrameWriter.ORIGIN_FIRST;
        if (name != null && index == origins.size()) {
            origins.add(new ChunkOrigin.Named(resource + ": " + name));
        }
        if (index < 0 || index >= origins.size()) {
            throw in.corrupt("chunk of an origin that was not named: " + number);
        }
        return origins.get((int) index);
    }

    private static void chunk(ProtoReader in, int slot, int[] from, int[] lengths, ChunkEncoding[] encodings) {
        long type = 0;
        from[slot] = in.position();
        lengths[slot] = 0;
        int outer = in.enter();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case CHUNK_TYPE -> type = in.varint();
                case CHUNK_DATA -> {
                    lengths[slot] = in.length();
                    from[slot] = in.take(lengths[slot]);
                }
                default -> in.skip(tag);
            }
        }
        in.leave(outer);
        ChunkEncoding encoding = WireEncoding.ofStoreType(type);
        if (encoding == null) {
            throw in.corrupt("chunk of unknown encoding " + type);
        }
        encodings[slot] = encoding;
    }
}
