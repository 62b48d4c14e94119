package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkOrigin;
import io.meridian.model.chunk.ChunkTimes;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.HistogramChunk;
import io.meridian.model.chunk.XorChunk;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.bytes.Crc32c;
import io.meridian.tsdb.bytes.SegmentCursor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Segments of a block in a directory, mapped once and as long as somebody reads them. Chunks are verified and decoded
/// through a small buffer of each thread, so that reading leaves nothing behind. Thread-safe.
public final class MappedChunks {
    /// Decoders may look so far behind a payload.
    private static final int SLACK = 64;

    private static final int SCRATCH_BYTES = 4096;
    private static final ThreadLocal<Loaded> SCRATCH = ThreadLocal.withInitial(() -> new Loaded(SCRATCH_BYTES));

    private final Bucket bucket;
    private final List<ChunkReader.Segment> segments;
    private final AtomicReferenceArray<MemorySegment> maps;

    /// @param segments in the order that references count them
    public MappedChunks(Bucket bucket, List<ChunkReader.Segment> segments) {
        this.bucket = bucket;
        this.segments = List.copyOf(segments);
        this.maps = new AtomicReferenceArray<>(segments.size());
    }

    /// Makes sure that the files are still what was mapped: reading behind the end of a file would end the process.
    void checkFiles() throws IOException {
        for (int i = 0; i < maps.length(); i++) {
            if (maps.get(i) != null) {
                ChunkReader.Segment segment = segments.get(i);
                long actual = bucket.stat(segment.key()).sizeBytes();
                if (actual < segment.sizeBytes()) {
                    throw new CorruptDataException(
                            segment.key(),
                            actual,
                            "segment has become shorter: expected=" + segment.sizeBytes() + ", actual=" + actual);
                }
            }
        }
    }

    private MemorySegment map(int index) throws IOException {
        if (index < 0 || index >= segments.size()) {
            throw new CorruptDataException(
                    segments.isEmpty() ? "chunks" : segments.getFirst().key(),
                    -1,
                    "no such segment: count=" + segments.size() + ", actual=" + index);
        }
        MemorySegment map = maps.get(index);
        if (map == null) {
            ChunkReader.Segment segment = segments.get(index);
            map = bucket.read(segment.key(), 0, segment.sizeBytes(), Arena.ofAuto());
            maps.set(index, map);
        }
        return map;
    }

    /// Appends the samples of a chunk, perhaps without those behind a time.
    ///
    /// @param minMs  when it begins, as the index says
    /// @param lastMs when it ends, as the index says
    /// @return the chunk's length in bytes
    /// @throws CorruptDataException if no sound chunk lies there; what was appended then begins when it should, but
    /// goes on otherwise: the caller keeps what lies in the chunk's times
    int decode(long ref, long minMs, long lastMs, long maxMs, SampleBuffer target) throws IOException {
        int before = target.size();
        int length = decode(ref, maxMs, target);
        if (lastMs > maxMs && isCutAtJump(target, before, maxMs)) {
            target.retain(0, before);
            decode(ref, Long.MAX_VALUE, target);
        }
        int size = target.size();
        if (size == before) {
            throw unexpectedTimes(ref, minMs, lastMs, "no samples");
        }
        long first = target.times()[before];
        long last = target.times()[size - 1];
        if (first != minMs) {
            target.retain(0, before);
            throw unexpectedTimes(ref, minMs, lastMs, first + " at first");
        }
        // decoding may have ended behind the time that it was given, and not before
        if (last > lastMs || last < Math.min(lastMs, maxMs)) {
            throw unexpectedTimes(ref, minMs, lastMs, last + " at last");
        }
        if (!ChunkTimes.isAscending(target.times(), before, size)) {
            throw unexpectedTimes(ref, minMs, lastMs, "times that do not rise");
        }
        return length;
    }

    /// Whether decoding ended with a sample that lies unusually far behind the one before. If its time is a wrong one,
    /// those that follow it may lie before the time that was given.
    private static boolean isCutAtJump(SampleBuffer target, int before, long maxMs) {
        int size = target.size();
        long[] times = target.times();
        if (size == before || times[size - 1] <= maxMs) {
            return false;
        }
        return size - before < 3 || times[size - 1] - times[size - 2] > 2 * (times[size - 2] - times[size - 3]);
    }

    private CorruptDataException unexpectedTimes(long ref, long minMs, long lastMs, String actual) {
        return corrupt(
                ref,
                "chunk has other times than the index says: expected=%d..%d, actual=%s"
                        .formatted(minMs, lastMs, actual));
    }

    private int decode(long ref, long maxMs, SampleBuffer target) throws IOException {
        Loaded chunk = load(ref);
        byte[] bytes = chunk.bytes;
        int length = chunk.length;
        int encoding = bytes[0] & 0xFF;
        if (encoding == ChunkEncoding.XOR.id()) {
            XorChunk.decode(bytes, ChunkFormat.ENCODING_LENGTH, length, maxMs, target);
        } else if (encoding == ChunkEncoding.HISTOGRAM.id()) {
            HistogramChunk.decode(ChunkEncoding.HISTOGRAM, bytes, ChunkFormat.ENCODING_LENGTH, length, maxMs, target);
        } else {
            ChunkCodec.decode(
                    new EncodedChunk(encoding(ref, bytes), 0, maxMs, bytes, ChunkFormat.ENCODING_LENGTH, length),
                    target);
        }
        return length;
    }

    /// Shows a chunk where it lies in this thread's buffer.
    ///
    /// @return the chunk's length in bytes
    /// @throws CorruptDataException if no sound chunk lies there; nothing was shown then
    int visit(long ref, long minMs, long maxMs, ChunkedSeries.Visitor visitor) throws IOException {
        Loaded chunk = load(ref);
        int length = chunk.length;
        ChunkEncoding encoding = encodingOf(ref, chunk, minMs);
        visitor.chunk(encoding, minMs, maxMs, chunk.bytes, ChunkFormat.ENCODING_LENGTH, length);
        return length;
    }

    /// A copy of a chunk.
    EncodedChunk chunk(long ref, long minMs, long maxMs, ChunkOrigin origin) throws IOException {
        Loaded chunk = load(ref);
        ChunkEncoding encoding = encodingOf(ref, chunk, minMs);
        byte[] bytes = Arrays.copyOf(chunk.bytes, ChunkFormat.ENCODING_LENGTH + chunk.length + SLACK);
        return new EncodedChunk(encoding, minMs, maxMs, bytes, ChunkFormat.ENCODING_LENGTH, chunk.length, origin);
    }

    /// @throws CorruptDataException if there is no such encoding, or the chunk begins at another time
    private ChunkEncoding encodingOf(long ref, Loaded chunk, long minMs) {
        ChunkEncoding encoding = encoding(ref, chunk.bytes);
        ChunkFormat.verifyBegin(
                segments.get(ChunkFormat.segment(ref)).key(),
                ChunkFormat.offset(ref),
                encoding,
                chunk.bytes,
                ChunkFormat.ENCODING_LENGTH,
                chunk.length,
                minMs);
        return encoding;
    }

    private ChunkEncoding encoding(long ref, byte[] bytes) {
        int encoding = bytes[0] & 0xFF;
        if (!ChunkEncoding.isKnown(encoding)) {
            throw corrupt(ref, "unknown chunk encoding: " + encoding);
        }
        return ChunkEncoding.ofId(encoding);
    }

    /// Length of the payload; above it, by 32 bits, where the encoding stands behind the offset.
    private long header(long ref, MemorySegment map) {
        long offset = ChunkFormat.offset(ref);
        long size = map.byteSize();
        if (offset < ChunkFormat.HEADER_LENGTH || offset >= size) {
            throw corrupt(ref, "chunk begins out of bounds: size=" + size);
        }
        long length = 0;
        int lengthBytes = 0;
        byte next;
        do {
            if (lengthBytes == ChunkFormat.LENGTH_LENGTH_MAX || offset + lengthBytes >= size) {
                throw corrupt(ref, "chunk length has no end: size=" + size);
            }
            next = map.get(ValueLayout.JAVA_BYTE, offset + lengthBytes);
            length |= (long) (next & 0x7F) << 7 * lengthBytes++;
        } while (next < 0);
        long needed = lengthBytes + ChunkFormat.ENCODING_LENGTH + length + ChunkFormat.CRC_LENGTH;
        if (needed > size - offset || needed > Integer.MAX_VALUE - SLACK) {
            throw corrupt(ref, "chunk ends beyond its segment: left=" + (size - offset) + ", needed=" + needed);
        }
        return (long) lengthBytes << 32 | length;
    }

    /// A verified chunk in this thread's buffer.
    private Loaded load(long ref) throws IOException {
        MemorySegment map = map(ChunkFormat.segment(ref));
        long header = header(ref, map);
        long at = ChunkFormat.offset(ref) + (header >>> 32);
        int length = (int) header;
        int covered = ChunkFormat.ENCODING_LENGTH + length;
        Loaded chunk = SCRATCH.get();
        if (chunk.bytes.length < covered + SLACK) {
            chunk = new Loaded(2 * (covered + SLACK));
            if (chunk.bytes.length <= SCRATCH_BYTES << 6) {
                SCRATCH.set(chunk);
            }
        }
        byte[] bytes = chunk.bytes;
        chunk.length = length;
        MemorySegment.copy(map, ValueLayout.JAVA_BYTE, at, bytes, 0, covered);
        int expected = map.get(SegmentCursor.BE32, at + covered);
        int actual = Crc32c.of(bytes, 0, covered);
        if (expected != actual) {
            throw corrupt(ref, "chunk checksum mismatch: expected=%08x, actual=%08x".formatted(expected, actual));
        }
        return chunk;
    }

    private CorruptDataException corrupt(long ref, String detail) {
        String key = segments.get(ChunkFormat.segment(ref)).key();
        return new CorruptDataException(key, ChunkFormat.offset(ref), detail);
    }

    /// Encoding and payload of the chunk that a thread read last.
    private static final class Loaded {
        private final byte[] bytes;
        private int length;

        Loaded(int capacity) {
            bytes = new byte[capacity];
        }
    }
}
