package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.tsdb.bytes.ByteReader;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.RangePlan;
import io.meridian.tsdb.index.RangeReader;
import io.meridian.tsdb.index.SeriesColumns;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/// One reading of chunks, of series in a row, into [ChunkRecords]: places that lie close together in one request, each
/// checksum verified.
final class RecordReader {
    private static final VarHandle BE32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /// The number of samples, before the first one's time.
    private static final int XOR_COUNT_LENGTH = 2;

    private final SeriesColumns columns;
    private final int firstChunk;
    private final int count;
    private final ChunkRecords target;
    private final int lengthGuess;
    /// Chunks that were longer than thought.
    private final ConcurrentLinkedQueue<Runs.Place> cut = new ConcurrentLinkedQueue<>();

    RecordReader(SeriesColumns columns, int from, int to, ChunkRecords target, int lengthGuess) {
        this.columns = columns;
        this.firstChunk = columns.chunksFrom(from);
        this.count = columns.chunksTo(to - 1) - firstChunk;
        this.target = target;
        this.lengthGuess = lengthGuess;
    }

    /// The chunks in one segment, by rising offset, and the requests for them.
    private static final class Runs {
        final ByteSource source;
        final int[] indexes;
        final long[] offsets;
        final List<RangePlan.Part> parts;
        /// Where a part's bytes go, by the first chunk of the part.
        final int[] targets;

        /// A chunk.
        record Place(ByteSource source, long offset, int index) {}

        Runs(ByteSource source, int[] indexes, long[] offsets, long[] lengths, ChunkRecords target) {
            this.source = source;
            this.indexes = indexes;
            this.offsets = offsets;
            this.parts = RangePlan.join(offsets, lengths, offsets.length, source.cost());
            this.targets = new int[offsets.length];
            for (var part : parts) {
                targets[part.from()] = target.reserve(part.length());
            }
        }
    }

    /// Finds the segment with this number.
    @FunctionalInterface
    interface Segments {
        ByteSource get(int number);
    }

    void read(Segments segments, QueryContext context) throws IOException {
        target.begin(count);
        var all = runs(segments);
        target.allocate();
        var remote = new ArrayList<RangeReader.Work>();
        for (var runs : all) {
            if (runs.source.cost().parallel() > 1) {
                // segments that are far away must not wait for each other
                remote.add(() -> RangeReader.read(runs.source, runs.parts, context, (part, bytes) -> {
                    System.arraycopy(bytes, 0, target.bytes, runs.targets[part.from()], bytes.length);
                    parse(runs, part);
                }));
            } else {
                readLocal(runs, context);
            }
        }
        RangeReader.together(remote);
        for (var place : cut) {
            readAgain(place, context);
        }
    }

    private void readLocal(Runs runs, QueryContext context) throws IOException {
        for (var part : runs.parts) {
            context.check();
            runs.source.read(part.offset(), target.bytes, runs.targets[part.from()], (int) part.length());
            context.countRead(1, part.length());
            parse(runs, part);
        }
    }

    private List<Runs> runs(Segments segments) {
        long[] refs = columns.chunkRefs();
        int[] order = order(refs);
        var all = new ArrayList<Runs>();
        for (int from = 0; from < count; ) {
            int segment = ChunkFormat.segment(refs[firstChunk + order[from]]);
            int to = from;
            while (to < count && ChunkFormat.segment(refs[firstChunk + order[to]]) == segment) {
                to++;
            }
            ByteSource source = segments.get(segment);
            var indexes = new int[to - from];
            var offsets = new long[to - from];
            var lengths = new long[to - from];
            for (int i = 0; i < offsets.length; i++) {
                indexes[i] = order[from + i];
                offsets[i] = ChunkFormat.offset(refs[firstChunk + indexes[i]]);
                if (offsets[i] < ChunkFormat.HEADER_LENGTH || offsets[i] >= source.size()) {
                    throw new CorruptDataException(
                            source.name(), offsets[i], "chunk begins out of bounds: size=" + source.size());
                }
                lengths[i] = Math.min(lengthGuess, source.size() - offsets[i]);
                if (i > 0 && offsets[i] > offsets[i - 1] && isPlausible(offsets[i] - offsets[i - 1])) {
                    // a chunk ends where the next one begins
                    lengths[i - 1] = offsets[i] - offsets[i - 1];
                }
            }
            all.add(new Runs(source, indexes, offsets, lengths, target));
            from = to;
        }
        return all;
    }

    /// Whether a distance to the next chunk may be a chunk's length; if it is larger it says nothing.
    private boolean isPlausible(long distance) {
        return distance <= Math.max(ChunkReader.LENGTH_PLAUSIBLE, lengthGuess);
    }

    /// Positions by rising reference.
    private int[] order(long[] refs) {
        var order = IntStream.range(0, count);
        for (int i = 1; i < count; i++) {
            if (Long.compareUnsigned(refs[firstChunk + i - 1], refs[firstChunk + i]) > 0) {
                return order.boxed()
                        .sorted(Comparator.comparing(index -> refs[firstChunk + index], Long::compareUnsigned))
                        .mapToInt(Integer::intValue)
                        .toArray();
            }
        }
        return order.toArray();
    }

    private void parse(Runs runs, RangePlan.Part part) {
        var crc = new CRC32C();
        int base = runs.targets[part.from()];
        int end = base + (int) part.length();
        for (int i = part.from(); i < part.to(); i++) {
            int at = base + (int) (runs.offsets[i] - part.offset());
            if (!parse(crc, runs.source, runs.offsets[i], at, end, runs.indexes[i])) {
                cut.add(new Runs.Place(runs.source, runs.offsets[i], runs.indexes[i]));
            }
        }
    }

    /// @return false if the chunk goes on beyond the bytes
    private boolean parse(CRC32C crc, ByteSource source, long offset, int at, int end, int index) {
        byte[] bytes = target.bytes;
        int lengthEnd = at;
        while (lengthEnd < end && lengthEnd - at < ChunkFormat.LENGTH_LENGTH_MAX && bytes[lengthEnd] < 0) {
            lengthEnd++;
        }
        if (lengthEnd >= end) {
            return false;
        }
        var in = new ByteReader(source.name(), bytes, at, end, offset - at);
        int length = in.uvarint(ChunkReader.LENGTH_MAX, "chunk length");
        int data = in.position() + ChunkFormat.ENCODING_LENGTH;
        if ((long) data + length + ChunkFormat.CRC_LENGTH > end) {
            return false;
        }
        crc.reset();
        crc.update(bytes, data - ChunkFormat.ENCODING_LENGTH, length + ChunkFormat.ENCODING_LENGTH);
        int expected = (int) BE32.get(bytes, data + length);
        if (expected != (int) crc.getValue()) {
            throw new CorruptDataException(
                    source.name(),
                    offset,
                    "chunk checksum mismatch: expected=%08x, actual=%08x".formatted(expected, (int) crc.getValue()));
        }
        int id = in.u8();
        if (!ChunkEncoding.isKnown(id)) {
            throw new CorruptDataException(source.name(), offset, "unknown chunk encoding: " + id);
        }
        var encoding = ChunkEncoding.ofId(id);
        long minMs = columns.minMs()[firstChunk + index];
        if (encoding == ChunkEncoding.XOR && length > XOR_COUNT_LENGTH) {
            // the segment of another block may hold a sound chunk in this place
            long first =
                    new ByteReader(source.name(), bytes, data + XOR_COUNT_LENGTH, data + length, offset - at).varint();
            if (first != minMs) {
                throw new CorruptDataException(
                        source.name(),
                        offset,
                        "chunk does not begin when the index says: expected=" + minMs + ", actual=" + first);
            }
        }
        target.set(index, at, data, length, encoding, minMs, columns.maxMs()[firstChunk + index]);
        return true;
    }

    private void readAgain(Runs.Place place, QueryContext context) throws IOException {
        ByteSource source = place.source;
        long left = source.size() - place.offset;
        byte[] head = bytes(source, place.offset, Math.min(left, ChunkFormat.LENGTH_LENGTH_MAX), context);
        var in = new ByteReader(source.name(), head, 0, head.length, place.offset);
        long length = in.uvarint(ChunkReader.LENGTH_MAX, "chunk length");
        long needed = in.position() + ChunkFormat.ENCODING_LENGTH + length + ChunkFormat.CRC_LENGTH;
        if (needed > left || needed > ChunkReader.LENGTH_MAX) {
            throw new CorruptDataException(
                    source.name(), place.offset, "chunk ends beyond its segment: left=" + left + ", needed=" + needed);
        }
        byte[] whole = bytes(source, place.offset, needed, context);
        int at = target.reserve(whole.length);
        target.allocate();
        System.arraycopy(whole, 0, target.bytes, at, whole.length);
        if (!parse(new CRC32C(), source, place.offset, at, at + whole.length, place.index)) {
            throw new CorruptDataException(source.name(), place.offset, "chunk changed while it was read");
        }
    }

    private static byte[] bytes(ByteSource source, long offset, long length, QueryContext context) throws IOException {
        var result = new ArrayList<byte[]>();
        RangeReader.read(
                source, List.of(new RangePlan.Part(offset, length, 0, 1)), context, (_, bytes) -> result.add(bytes));
        return result.getFirst();
    }
}
