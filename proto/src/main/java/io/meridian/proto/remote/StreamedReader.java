package io.meridian.proto.remote;

import io.meridian.model.CorruptDataException;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.proto.codec.LabelReader;
import io.meridian.proto.codec.ProtoReader;
import io.meridian.proto.codec.SeriesFrameReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads the streamed answer of a remote read: frames of length (uvarint), CRC32C (big endian) of the message, message.
/// A series may stand in several frames. Chunks are slices of their frame. For one thread.
public final class StreamedReader {
    /// Largest frame, in bytes; Prometheus' own bound.
    static final int FRAME_BYTES_MAX = 50_000_000;

    private static final int RESPONSE_SERIES = 1 << 3 | ProtoReader.BYTES;
    private static final int RESPONSE_QUERY_INDEX = 2 << 3;
    private static final int SERIES_LABEL = 1 << 3 | ProtoReader.BYTES;
    private static final int SERIES_CHUNK = 2 << 3 | ProtoReader.BYTES;
    private static final int CHUNK_MIN_TIME = 1 << 3;
    private static final int CHUNK_MAX_TIME = 2 << 3;
    private static final int CHUNK_TYPE = 3 << 3;
    private static final int CHUNK_DATA = 4 << 3 | ProtoReader.BYTES;

    private final String resource;
    private final InputStream in;
    private final LabelReader labels = new LabelReader();
    private final ArrayDeque<ReadSeries> ready = new ArrayDeque<>();
    private long offset;

    /// @param resource who answers, for errors
    /// @param in       should be buffered
    public StreamedReader(String resource, InputStream in) {
        this.resource = resource;
        this.in = in;
    }

    /// The next series or part of one, or null at the end.
    ///
    /// @throws CorruptDataException if a frame is broken; an error text that the server appended after it had
    ///                              begun to answer looks so, too
    /// @throws IOException          if the connection fails
    public @Nullable ReadSeries next() throws IOException {
        while (ready.isEmpty()) {
            if (!readFrame()) {
                return null;
            }
        }
        return ready.poll();
    }

    private boolean readFrame() throws IOException {
        int first = in.read();
        if (first < 0) {
            return false;
        }
        long frameStart = offset;
        int length = length(first);
        byte[] crc = readFully(4, 0);
        byte[] frame = readFully(length, SeriesFrameReader.SLACK_BYTES);
        var actual = new CRC32C();
        actual.update(frame, 0, length);
        long expected = (crc[0] & 0xFFL) << 24 | (crc[1] & 0xFF) << 16 | (crc[2] & 0xFF) << 8 | crc[3] & 0xFF;
        if (expected != actual.getValue()) {
            throw new CorruptDataException(
                    resource,
                    frameStart,
                    "frame checksum mismatch: expected=%08x, actual=%08x".formatted(expected, actual.getValue()));
        }
        response(new ProtoReader(resource, frame, 0, length));
        return true;
    }

    private int length(int first) throws IOException {
        long length = 0;
        int next = first;
        for (int shift = 0; ; shift += 7) {
            offset++;
            if (next < 0) {
                throw ended();
            }
            length |= (long) (next & 0x7F) << shift;
            if (length > FRAME_BYTES_MAX || shift > 28) {
                throw new CorruptDataException(
                        resource, offset, "frame is too large: limit=" + FRAME_BYTES_MAX + " bytes");
            }
            if (next < 0x80) {
                return (int) length;
            }
            next = in.read();
        }
    }

    private byte[] readFully(int length, int slack) throws IOException {
        byte[] bytes;
        if (length <= 1 << 20) {
            bytes = new byte[length + slack];
            if (in.readNBytes(bytes, 0, length) < length) {
                throw ended();
            }
        } else {
            // A length that lies must not cost its memory.
            byte[] read = in.readNBytes(length);
            if (read.length < length) {
                throw ended();
            }
            bytes = java.util.Arrays.copyOf(read, length + slack);
        }
        offset += length;
        return bytes;
    }

    private CorruptDataException ended() {
        return new CorruptDataException(resource, offset, "answer ends within a frame");
    }

    private void response(ProtoReader message) {
        int before = ready.size();
        int queryIndex = 0;
        while (message.hasMore()) {
            int tag = message.tag();
            switch (tag) {
                case RESPONSE_SERIES -> series(message);
                case RESPONSE_QUERY_INDEX -> queryIndex = (int) message.varint();
                default -> message.skip(tag);
            }
        }
        if (queryIndex != 0) {
            var parts = new ArrayList<>(ready);
            ready.clear();
            for (int i = 0; i < parts.size(); i++) {
                ready.add(i < before ? parts.get(i) : parts.get(i).withQueryIndex(queryIndex));
            }
        }
    }

    private void series(ProtoReader message) {
        labels.clear();
        var chunks = new ArrayList<Chunk>();
        int outer = message.enter();
        while (message.hasMore()) {
            int tag = message.tag();
            switch (tag) {
                case SERIES_LABEL -> labels.add(message);
                case SERIES_CHUNK -> chunks.add(chunk(message));
                default -> message.skip(tag);
            }
        }
        message.leave(outer);
        ready.add(new ReadSeries(0, labels.labels(), chunks));
    }

    private static EncodedChunk chunk(ProtoReader message) {
        long minMs = 0;
        long maxMs = 0;
        long type = 0;
        int from = message.position();
        int length = 0;
        int outer = message.enter();
        while (message.hasMore()) {
            int tag = message.tag();
            switch (tag) {
                case CHUNK_MIN_TIME -> minMs = message.varint();
                case CHUNK_MAX_TIME -> maxMs = message.varint();
                case CHUNK_TYPE -> type = message.varint();
                case CHUNK_DATA -> {
                    length = message.length();
                    from = message.take(length);
                }
                default -> message.skip(tag);
            }
        }
        message.leave(outer);
        if (type < ChunkEncoding.XOR.id() || type > ChunkEncoding.FLOAT_HISTOGRAM_ST.id()) {
            throw message.corrupt("chunk of unknown encoding " + type);
        }
        return new EncodedChunk(ChunkEncoding.ofId((int) type), minMs, maxMs, message.array(), from, length);
    }
}
