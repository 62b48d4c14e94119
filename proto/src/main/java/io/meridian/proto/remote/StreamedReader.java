package io.meridian.proto.remote;

import io.meridian.model.CorruptDataException;
import io.meridian.proto.codec.LabelCursor;
import io.meridian.proto.codec.LabelReader;
import io.meridian.proto.codec.ProtoReader;
import io.meridian.proto.codec.SeriesFrameReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.CRC32C;

/// Reads the streamed answer of a remote read: frames of length (uvarint), CRC32C (big endian) of the message, message.
/// A series may stand in several frames. Frames are checked and read where they were received, in an array that is
/// used again for what follows; [#hold] keeps a part of it. For one thread.
public final class StreamedReader {
    /// Largest frame, in bytes; Prometheus' own bound.
    static final int FRAME_BYTES_MAX = 50_000_000;

    private static final int BYTES_AT_FIRST = 128 << 10;
    private static final int HELD_BYTES_MAX = Integer.MAX_VALUE - (1 << 20);
    private static final int RESPONSE_SERIES = 1 << 3 | ProtoReader.BYTES;
    private static final int RESPONSE_QUERY_INDEX = 2 << 3;

    private final String resource;
    private final InputStream in;
    private final CRC32C crc = new CRC32C();
    private final LabelReader labelReader = new LabelReader();
    private final LabelCursor cursor = new LabelCursor();
    private final WireChunk chunk = new WireChunk();
    private byte[] bytes = new byte[BYTES_AT_FIRST];
    private int held = -1;
    private int position;
    private int limit;
    private long offset;
    private ProtoReader frame;
    private int queryIndex;
    private int from;
    private int to;

    /// @param resource who answers, for errors
    public StreamedReader(String resource, InputStream in) {
        this.resource = resource;
        this.in = in;
        this.frame = new ProtoReader(resource, bytes, 0, 0);
    }

    /// Goes to the next series or part of one; false at the end.
    ///
    /// @throws CorruptDataException if a frame is broken; an error text that the server appended after it had
    ///                              begun to answer looks so, too
    /// @throws IOException          if the connection fails
    public boolean next() throws IOException {
        while (true) {
            while (frame.hasMore()) {
                int tag = frame.tag();
                if (tag == RESPONSE_SERIES) {
                    int length = frame.length();
                    from = frame.take(length);
                    to = from + length;
                    return true;
                }
                frame.skip(tag);
            }
            if (!readFrame()) {
                return false;
            }
        }
    }

    /// Which query of the request the series belongs to.
    public int queryIndex() {
        return queryIndex;
    }

    /// Keeps everything from this series on until the next call; what was held before is given up.
    ///
    /// @param part what [#part] said of this series; it is right again afterwards
    public void hold(ReadPart part) {
        part.from -= from - base();
        part.to -= from - base();
        part.labelsTo -= from - base();
        held = from;
    }

    /// Where what is held begins.
    private int base() {
        return Math.max(held, 0);
    }

    /// Looks the series over: what is wrong with it is found here.
    ///
    /// @throws CorruptDataException if it is not the message expected
    public ReadPart part() {
        cursor.reset(bytes, from, to);
        while (cursor.next()) {
            // the position is all that is wanted
        }
        int labelsTo = cursor.position();
        boolean usual = !cursor.isUnusual();
        boolean apart = true;
        long minMs = Long.MAX_VALUE;
        long maxMs = Long.MIN_VALUE;
        var message = new ProtoReader(resource, bytes, labelsTo, to - labelsTo);
        while (message.hasMore()) {
            int tag = message.tag();
            if (tag == WireSeries.CHUNK) {
                chunk.read(message);
                apart &= chunk.minMs > maxMs || maxMs == Long.MIN_VALUE;
                minMs = Math.min(minMs, chunk.minMs);
                maxMs = Math.max(maxMs, chunk.maxMs);
            } else {
                usual &= tag != WireSeries.LABEL;
                message.skip(tag);
            }
        }
        return new ReadPart(from - base(), to - base(), labelsTo - base(), usual, apart, minMs, maxMs);
    }

    /// Begins before the labels of what lies there, as long as [ReadPart#hasUsualLabels].
    public LabelCursor labels(LabelCursor target, ReadPart part) {
        return target.reset(bytes, base() + part.from, base() + part.labelsTo);
    }

    /// The series that these parts are, with its own labels. To be used until the next call of [#next].
    public WireSeries series(List<ReadPart> parts) {
        ReadPart first = parts.getFirst();
        int labelsTo = base() + (first.hasUsualLabels() ? first.labelsTo : first.to);
        return series(parts, bytes, base() + first.from, labelsTo);
    }

    /// The same with other labels, in the form of [LabelCursor#encode].
    public WireSeries series(List<ReadPart> parts, byte[] labels) {
        return series(parts, labels, 0, labels.length);
    }

    private WireSeries series(List<ReadPart> parts, byte[] labels, int labelsFrom, int labelsTo) {
        var places = new int[2 * parts.size()];
        boolean plain = true;
        for (int i = 0; i < parts.size(); i++) {
            ReadPart part = parts.get(i);
            places[2 * i] = base() + part.from;
            places[2 * i + 1] = base() + part.to;
            plain &= part.isApart() && (i == 0 || part.follows(parts.get(i - 1)));
        }
        return new WireSeries(resource, labelReader, bytes, places, labels, labelsFrom, labelsTo, plain);
    }

    private boolean readFrame() throws IOException {
        if (!receive(1)) {
            return false;
        }
        long frameStart = offset;
        int length = length();
        if (!receive(4 + length)) {
            throw ended();
        }
        int message = position + 4;
        crc.reset();
        crc.update(bytes, message, length);
        long expected = (bytes[position] & 0xFFL) << 24
                | (bytes[position + 1] & 0xFF) << 16
                | (bytes[position + 2] & 0xFF) << 8
                | bytes[position + 3] & 0xFF;
        if (expected != crc.getValue()) {
            throw new CorruptDataException(
                    resource,
                    frameStart,
                    "frame checksum mismatch: expected=%08x, actual=%08x".formatted(expected, crc.getValue()));
        }
        offset += 4 + length;
        position = message + length;
        queryIndex = queryIndex(new ProtoReader(resource, bytes, message, length));
        frame = new ProtoReader(resource, bytes, message, length);
        return true;
    }

    /// Stands behind the series.
    private static int queryIndex(ProtoReader message) {
        int index = 0;
        while (message.hasMore()) {
            int tag = message.tag();
            if (tag == RESPONSE_QUERY_INDEX) {
                index = (int) message.varint();
            } else {
                message.skip(tag);
            }
        }
        return index;
    }

    private int length() throws IOException {
        long length = 0;
        for (int shift = 0; ; shift += 7) {
            if (!receive(1)) {
                throw ended();
            }
            byte next = bytes[position++];
            offset++;
            length |= (long) (next & 0x7F) << shift;
            if (length > FRAME_BYTES_MAX || shift > 28) {
                throw new CorruptDataException(
                        resource, offset, "frame is too large: limit=" + FRAME_BYTES_MAX + " bytes");
            }
            if (next >= 0) {
                return (int) length;
            }
        }
    }

    /// Receives until so many bytes are there; false if the answer ends before.
    private boolean receive(int count) throws IOException {
        while (limit - position < count) {
            if (count > bytes.length - SeriesFrameReader.SLACK_BYTES - position) {
                makeRoom();
            }
            int read = in.read(bytes, limit, bytes.length - SeriesFrameReader.SLACK_BYTES - limit);
            if (read < 0) {
                return false;
            }
            limit += read;
        }
        return true;
    }

    /// Gives up what is not held; where that is less than half, doubles the array, but only once it is full: a length
    /// that lies must not cost its memory.
    private void makeRoom() throws IOException {
        int start = held < 0 ? position : held;
        int kept = limit - start;
        int capacity = bytes.length - SeriesFrameReader.SLACK_BYTES;
        byte[] target = bytes;
        if (kept > capacity / 2) {
            if (limit < capacity) {
                return;
            }
            if (kept > HELD_BYTES_MAX / 2) {
                throw new IOException("more than " + HELD_BYTES_MAX / 2 + " bytes of series that must be sorted");
            }
            target = new byte[2 * bytes.length];
        } else if (start == 0) {
            return;
        }
        System.arraycopy(bytes, start, target, 0, kept);
        bytes = target;
        position -= start;
        limit -= start;
        from -= start;
        to -= start;
        held = held < 0 ? -1 : 0;
    }

    private CorruptDataException ended() {
        return new CorruptDataException(resource, offset, "answer ends within a frame");
    }
}
