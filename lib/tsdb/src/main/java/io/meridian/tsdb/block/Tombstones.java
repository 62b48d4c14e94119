package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.model.TimeRange;
import io.meridian.tsdb.bytes.ByteReader;
import io.meridian.tsdb.bytes.ByteWriter;
import io.meridian.tsdb.bytes.Crc32c;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Deleted times by series of a block that was not rewritten since: the `tombstones` file
/// (`magic, version · series, min, max · … · CRC32 of what is between`). Immutable. Object storage has none: they are
/// local.
public final class Tombstones {
    /// Name of the file below the block's folder.
    public static final String FILE = "tombstones";

    public static final Tombstones NONE = new Tombstones(new TreeMap<>());

    private static final int MAGIC = 0x0130BA30;
    private static final int VERSION = 1;
    private static final int HEADER_LENGTH = 5;
    private static final int CRC_LENGTH = 4;

    /// Per series reference, ascending, neither overlapping nor touching.
    private final NavigableMap<Long, List<TimeRange>> intervals;

    private Tombstones(NavigableMap<Long, List<TimeRange>> intervals) {
        this.intervals = intervals;
    }

    /// One deletion as it is stored.
    public record Stone(long seriesRef, TimeRange range) {}

    /// Stones that overlap or touch become one.
    public static Tombstones of(List<Stone> stones) {
        var bySeries = new TreeMap<Long, List<TimeRange>>();
        for (Stone stone : stones) {
            bySeries.computeIfAbsent(stone.seriesRef(), _ -> new ArrayList<>()).add(stone.range());
        }
        bySeries.replaceAll((_, ranges) -> merged(ranges));
        return new Tombstones(bySeries);
    }

    private static List<TimeRange> merged(List<TimeRange> ranges) {
        ranges.sort(Comparator.comparingLong(TimeRange::minMs));
        var result = new ArrayList<TimeRange>();
        for (TimeRange range : ranges) {
            TimeRange last = result.isEmpty() ? null : result.getLast();
            if (last != null && (last.maxMs() == Long.MAX_VALUE || range.minMs() <= last.maxMs() + 1)) {
                result.set(result.size() - 1, new TimeRange(last.minMs(), Math.max(last.maxMs(), range.maxMs())));
            } else {
                result.add(range);
            }
        }
        return List.copyOf(result);
    }

    /// @throws CorruptDataException if the bytes are not such a file
    public static Tombstones parse(String resource, byte[] bytes) {
        int bodyEnd = bytes.length - CRC_LENGTH;
        if (bodyEnd < HEADER_LENGTH) {
            throw new CorruptDataException(resource, 0, "tombstones too short: actual=" + bytes.length);
        }
        var in = new ByteReader(resource, bytes, 0, bodyEnd, 0);
        int magic = in.be32();
        if (magic != MAGIC) {
            throw in.corrupt("not tombstones: magic expected=%08x, actual=%08x".formatted(MAGIC, magic));
        }
        int expected = new ByteReader(resource, bytes, bodyEnd, bytes.length, 0).be32();
        int actual = Crc32c.of(bytes, HEADER_LENGTH, bodyEnd - HEADER_LENGTH);
        if (expected != actual) {
            throw in.corrupt("tombstones checksum mismatch: expected=%08x, actual=%08x".formatted(expected, actual));
        }
        int version = in.u8();
        if (version != VERSION) {
            throw in.corrupt("unknown tombstones version: expected=" + VERSION + ", actual=" + version);
        }
        var stones = new ArrayList<Stone>();
        while (in.remaining() > 0) {
            stones.add(new Stone(in.uvarint(), new TimeRange(in.varint(), in.varint())));
        }
        return of(stones);
    }

    public byte[] encode() {
        var out = new ByteWriter(64);
        out.be32(MAGIC);
        out.u8(VERSION);
        intervals.forEach((ref, ranges) -> {
            for (TimeRange range : ranges) {
                out.uvarint(ref);
                out.varint(range.minMs());
                out.varint(range.maxMs());
            }
        });
        out.be32(Crc32c.of(out.array(), HEADER_LENGTH, out.size() - HEADER_LENGTH));
        return out.toByteArray();
    }

    public boolean isEmpty() {
        return intervals.isEmpty();
    }

    /// Number of intervals.
    public int size() {
        return intervals.values().stream().mapToInt(List::size).sum();
    }

    /// The deleted times of a series, ascending, apart from each other.
    public List<TimeRange> of(long seriesRef) {
        return intervals.getOrDefault(seriesRef, List.of());
    }

    /// All of them, by series, then time.
    public List<Stone> stones() {
        var stones = new ArrayList<Stone>();
        intervals.forEach((ref, ranges) -> ranges.forEach(range -> stones.add(new Stone(ref, range))));
        return stones;
    }
}
