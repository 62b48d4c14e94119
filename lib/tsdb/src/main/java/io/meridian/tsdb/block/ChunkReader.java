package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkOrigin;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.bytes.ByteReader;
import io.meridian.tsdb.bytes.Crc32c;
import io.meridian.tsdb.bytes.SegmentCursor;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.RangePlan;
import io.meridian.tsdb.index.RangeReader;
import io.meridian.tsdb.index.ReadCost;
import io.meridian.tsdb.index.SeriesColumns;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Reads chunks out of a block's segments: places that lie close together in one request, each checksum verified.
/// Thread-safe.
public final class ChunkReader {
    private static final int GUESS_LOCAL = 1024;
    private static final int GUESS_REMOTE = 16_000;

    /// Longer chunks are so rare that they may cost a second read.
    static final int LENGTH_PLAUSIBLE = 64 << 10;

    /// Decoders read a payload in place if so many bytes lie behind it.
    private static final int SLACK = 64;

    /// Of a payload that fits into an array.
    static final int LENGTH_MAX = Integer.MAX_VALUE - SLACK;

    private final List<ByteSource> segments;
    private final int lengthGuess;
    private final long resolutionMs;

    /// One segment file.
    public record Segment(String key, long sizeBytes) {}

    /// @param segments in the order that references count them
    public ChunkReader(Bucket bucket, List<Segment> segments, BlockMeta meta, ReadCost cost) {
        this(bucket, segments, meta, () -> cost);
    }

    /// @param cost asked for each read; whether there is more than one request at once stays as it is
    public ChunkReader(Bucket bucket, List<Segment> segments, BlockMeta meta, Supplier<ReadCost> cost) {
        this.segments = segments.stream()
                .map(segment -> ByteSource.of(bucket, segment.key(), segment.sizeBytes(), cost))
                .toList();
        long known = meta.thanos().indexStats().chunkBytesMax();
        int guess = cost.get().parallel() <= 1 ? GUESS_LOCAL : GUESS_REMOTE;
        this.lengthGuess = known > 0 && known < guess ? (int) known : guess;
        this.resolutionMs = meta.thanos().resolutionMs();
    }

    List<ByteSource> segments() {
        return segments;
    }

    /// Whether each file is one of segments; chunks alone do not show it.
    ///
    /// @throws CorruptDataException if one is not
    public void verifyHeaders() throws IOException {
        for (ByteSource segment : segments) {
            verifyHeader(segment);
        }
    }

    static void verifyHeader(ByteSource segment) throws IOException {
        if (segment.size() < ChunkFormat.HEADER_LENGTH) {
            throw new CorruptDataException(segment.name(), 0, "segment too short: actual=" + segment.size());
        }
        try (var arena = Arena.ofConfined()) {
            var header = segment.read(0, ChunkFormat.HEADER_LENGTH, arena);
            int magic = header.get(SegmentCursor.BE32, 0);
            int version = header.get(ValueLayout.JAVA_BYTE, 4);
            if (magic != ChunkFormat.MAGIC || version != ChunkFormat.VERSION) {
                throw new CorruptDataException(
                        segment.name(), 0, "not a segment: magic=%08x, version=%d".formatted(magic, version));
            }
        }
    }

    /// The chunks of each entry, in its order.
    ///
    /// @param asStored whether downsampled chunks stay one [EncodedChunk] of encoding `AGGREGATE`, for copying
    /// @throws CorruptDataException if a chunk does not lie where the index says, or its checksum does not match
    public List<List<Chunk>> read(List<SeriesEntry> entries, boolean asStored, QueryContext context)
            throws IOException {
        return read(entries, asStored, null, context);
    }

    /// The same, for readers who decode them and may find one broken.
    ///
    /// @param origin what the chunks say of where they come from
    List<List<Chunk>> read(
            List<SeriesEntry> entries, boolean asStored, @Nullable ChunkOrigin origin, QueryContext context)
            throws IOException {
        int count = entries.stream().mapToInt(SeriesEntry::chunkCount).sum();
        var wanted = new Wanted(count, origin);
        for (SeriesEntry entry : entries) {
            wanted.add(entry);
        }
        var chunks = new @Nullable EncodedChunk[count];
        int[] order = wanted.order();
        var remote = new ArrayList<RangeReader.Work>();
        for (int from = 0; from < count; ) {
            int segment = ChunkFormat.segment(wanted.refs[order[from]]);
            int to = from;
            while (to < count && ChunkFormat.segment(wanted.refs[order[to]]) == segment) {
                to++;
            }
            ByteSource source = segment(segment);
            int first = from;
            int end = to;
            if (source.cost().parallel() > 1) {
                // segments that are far away must not wait for each other
                remote.add(() -> readSegment(source, wanted, order, first, end, chunks, context));
            } else {
                readSegment(source, wanted, order, first, end, chunks, context);
            }
            from = to;
        }
        RangeReader.together(remote);
        return split(entries, chunks, asStored);
    }

    /// The chunks of series `from .. to - 1`, at least one, as they are stored, in place of what `target` had.
    ///
    /// @throws CorruptDataException as above
    public void read(SeriesColumns series, int from, int to, ChunkRecords target, QueryContext context)
            throws IOException {
        new RecordReader(series, from, to, target, lengthGuess).read(this::segment, context);
    }

    private ByteSource segment(int index) {
        if (index < 0 || index >= segments.size()) {
            throw new CorruptDataException(
                    segments.isEmpty() ? "chunks" : segments.getFirst().name(),
                    -1,
                    "no such segment: count=" + segments.size() + ", actual=" + index);
        }
        return segments.get(index);
    }

    /// Places and times of chunks as columns.
    private static final class Wanted {
        private final long[] refs;
        private final int[] lengthsMax;
        private final long[] minMs;
        private final long[] maxMs;
        private final @Nullable ChunkOrigin origin;
        private int size;

        Wanted(int count, @Nullable ChunkOrigin origin) {
            this.origin = origin;
            refs = new long[count];
            lengthsMax = new int[count];
            minMs = new long[count];
            maxMs = new long[count];
        }

        void add(SeriesEntry entry) {
            for (int i = 0; i < entry.chunkCount(); i++) {
                refs[size] = entry.chunkRef(i);
                lengthsMax[size] = entry.chunkLengthMax(i);
                minMs[size] = entry.chunkMinMs(i);
                maxMs[size] = entry.chunkMaxMs(i);
                size++;
            }
        }

        /// Positions by rising reference.
        int[] order() {
            var order = IntStream.range(0, size);
            for (int i = 1; i < size; i++) {
                if (Long.compareUnsigned(refs[i - 1], refs[i]) > 0) {
                    return order.boxed()
                            .sorted(Comparator.comparing(index -> refs[index], Long::compareUnsigned))
                            .mapToInt(Integer::intValue)
                            .toArray();
                }
            }
            return order.toArray();
        }
    }

    private void readSegment(
            ByteSource source,
            Wanted wanted,
            int[] order,
            int from,
            int to,
            @Nullable EncodedChunk[] chunks,
            QueryContext context)
            throws IOException {
        var offsets = new long[to - from];
        var lengths = new long[to - from];
        for (int i = 0; i < offsets.length; i++) {
            int index = order[from + i];
            offsets[i] = ChunkFormat.offset(wanted.refs[index]);
            if (offsets[i] < ChunkFormat.HEADER_LENGTH || offsets[i] >= source.size()) {
                throw new CorruptDataException(
                        source.name(), offsets[i], "chunk begins out of bounds: size=" + source.size());
            }
            lengths[i] = Math.min(length(wanted.lengthsMax[index]), source.size() - offsets[i]);
            if (i > 0 && offsets[i] > offsets[i - 1]) {
                lengths[i - 1] = Math.min(lengths[i - 1], offsets[i] - offsets[i - 1]);
            }
        }
        var parts = RangePlan.join(offsets, lengths, offsets.length, source.cost());
        RangeReader.read(source, parts, context, (part, bytes) -> {
            boolean share = isMostlyWanted(part, lengths);
            for (int i = part.from(); i < part.to(); i++) {
                int index = order[from + i];
                int at = (int) (offsets[i] - part.offset());
                var chunk = parse(source, bytes, at, offsets[i], wanted, index, share);
                chunks[index] = chunk == null ? readAgain(source, offsets[i], wanted, index, context) : chunk;
            }
        });
    }

    /// The distance to the series' next chunk, unless that lies far away: then it says nothing about the length.
    private long length(int known) {
        return known <= Math.max(LENGTH_PLAUSIBLE, lengthGuess) ? known : lengthGuess;
    }

    private static boolean isMostlyWanted(RangePlan.Part part, long[] lengths) {
        long wanted = 0;
        for (int i = part.from(); i < part.to(); i++) {
            wanted += lengths[i];
        }
        return 2 * wanted >= part.length();
    }

    /// @return null if the chunk goes on beyond the bytes
    private static @Nullable EncodedChunk parse(
            ByteSource source, byte[] bytes, int at, long offset, Wanted wanted, int index, boolean share) {
        int lengthEnd = at;
        while (lengthEnd < bytes.length && lengthEnd - at < ChunkFormat.LENGTH_LENGTH_MAX && bytes[lengthEnd] < 0) {
            lengthEnd++;
        }
        if (lengthEnd >= bytes.length) {
            return null;
        }
        var in = new ByteReader(source.name(), bytes, at, bytes.length, offset - at);
        int length = in.uvarint(Integer.MAX_VALUE - SLACK, "chunk length");
        int data = in.position() + ChunkFormat.ENCODING_LENGTH;
        if ((long) data + length + ChunkFormat.CRC_LENGTH > bytes.length) {
            return null;
        }
        int encoding = in.u8();
        int actual = Crc32c.of(bytes, data - 1, length + 1);
        int expected = new ByteReader(source.name(), bytes, data + length, bytes.length, offset - at).be32();
        if (expected != actual) {
            throw new CorruptDataException(
                    source.name(),
                    offset,
                    "chunk checksum mismatch: expected=%08x, actual=%08x".formatted(expected, actual));
        }
        if (!ChunkEncoding.isKnown(encoding)) {
            throw new CorruptDataException(source.name(), offset, "unknown chunk encoding: " + encoding);
        }
        var kind = ChunkEncoding.ofId(encoding);
        long minMs = wanted.minMs[index];
        long maxMs = wanted.maxMs[index];
        ChunkFormat.verifyBegin(source.name(), offset, kind, bytes, data, length, minMs);
        return share
                ? new EncodedChunk(kind, minMs, maxMs, bytes, data, length, wanted.origin)
                : new EncodedChunk(kind, minMs, maxMs, withSlack(bytes, data, length), 0, length, wanted.origin);
    }

    private static byte[] withSlack(byte[] bytes, int offset, int length) {
        var copy = new byte[length + SLACK];
        System.arraycopy(bytes, offset, copy, 0, length);
        return copy;
    }

    /// A chunk that was longer than thought.
    private EncodedChunk readAgain(ByteSource source, long offset, Wanted wanted, int index, QueryContext context)
            throws IOException {
        long left = source.size() - offset;
        var head = bytes(source, offset, Math.min(left, ChunkFormat.LENGTH_LENGTH_MAX), context);
        var in = new ByteReader(source.name(), head, 0, head.length, offset);
        long length = in.uvarint(Integer.MAX_VALUE - SLACK, "chunk length");
        long needed = in.position() + ChunkFormat.ENCODING_LENGTH + length + ChunkFormat.CRC_LENGTH;
        if (needed > left || needed > Integer.MAX_VALUE - SLACK) {
            throw new CorruptDataException(
                    source.name(), offset, "chunk ends beyond its segment: left=" + left + ", needed=" + needed);
        }
        var chunk = parse(source, bytes(source, offset, needed, context), 0, offset, wanted, index, true);
        return java.util.Objects.requireNonNull(chunk);
    }

    private static byte[] bytes(ByteSource source, long offset, long length, QueryContext context) throws IOException {
        var result = new ArrayList<byte[]>();
        RangeReader.read(
                source, List.of(new RangePlan.Part(offset, length, 0, 1)), context, (_, bytes) -> result.add(bytes));
        return result.getFirst();
    }

    private List<List<Chunk>> split(List<SeriesEntry> entries, @Nullable EncodedChunk[] chunks, boolean asStored) {
        var result = new ArrayList<List<Chunk>>(entries.size());
        int next = 0;
        for (SeriesEntry entry : entries) {
            var own = new Chunk[entry.chunkCount()];
            for (int i = 0; i < own.length; i++) {
                EncodedChunk chunk = java.util.Objects.requireNonNull(chunks[next++]);
                own[i] = chunk.encoding() == ChunkEncoding.AGGREGATE && !asStored ? aggregate(chunk) : chunk;
            }
            result.add(Arrays.asList(own));
        }
        return result;
    }

    private Chunk aggregate(EncodedChunk chunk) {
        return AggregateChunk.parse(
                chunk.minMs(),
                chunk.maxMs(),
                resolutionMs,
                chunk.array(),
                chunk.offset(),
                chunk.length(),
                chunk.origin());
    }
}
