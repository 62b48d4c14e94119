package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.tsdb.bytes.ByteReader;
import io.meridian.tsdb.bytes.Crc32c;
import org.jspecify.annotations.Nullable;

/// Decodes entries of the series section: `length <uvarint> · labels · chunks · CRC32 <4b>`.
final class SeriesDecoder {
    /// Longest encoding of the length.
    static final int LENGTH_LENGTH_MAX = 5;

    private static final int ENTRY_LENGTH_MAX = 1 << 30;
    private static final int CHUNK_LENGTH_MIN = 3;

    private final String resource;
    private final SymbolTable symbols;
    private volatile Expected expected = new Expected(TimeRange.ALL, (_, _, _, _) -> {});

    /// Times in which all chunks should lie, and who is told of others.
    private record Expected(TimeRange times, BlockIndex.Stray stray) {}

    SeriesDecoder(String resource, SymbolTable symbols) {
        this.resource = resource;
        this.symbols = symbols;
    }

    void expect(TimeRange times, BlockIndex.Stray stray) {
        expected = new Expected(times, stray);
    }

    /// Total length of the entry that begins at `from`, or -1 if the bytes end within its length field.
    long entryLength(byte[] bytes, int from, int to, long fileOffset) {
        int end = from;
        while (end < to && end - from < LENGTH_LENGTH_MAX && bytes[end] < 0) {
            end++;
        }
        if (end == to) {
            return -1;
        }
        var in = new ByteReader(resource, bytes, from, to, fileOffset - from);
        int length = in.uvarint(ENTRY_LENGTH_MAX, "series length");
        return in.position() - from + (long) length + IndexFormat.CRC_LENGTH;
    }

    /// Decodes the entry whose bytes, length field and checksum included, are `bytes[from .. to)`.
    ///
    /// @param range      chunks that do not overlap it are left out
    /// @param labelsOnly whether chunks are not wanted; the entry then has none
    /// @return null if no chunk overlaps the range
    @Nullable
    SeriesEntry decode(
            long ref,
            byte[] bytes,
            int from,
            int to,
            long fileOffset,
            TimeRange range,
            boolean labelsOnly,
            QueryContext context) {
        var in = body(bytes, from, to, fileOffset);
        Labels labels = labels(in);
        return chunks(ref, labels, in, range, labelsOnly, context);
    }

    /// What the entry's checksum is over, verified.
    private ByteReader body(byte[] bytes, int from, int to, long fileOffset) {
        int bodyEnd = to - IndexFormat.CRC_LENGTH;
        var in = new ByteReader(resource, bytes, from, to, fileOffset - from);
        in.uvarint();
        int bodyStart = in.position();
        int actual = Crc32c.of(bytes, bodyStart, bodyEnd - bodyStart);
        int expected = new ByteReader(resource, bytes, bodyEnd, to, fileOffset - from).be32();
        if (expected != actual) {
            throw new CorruptDataException(
                    resource,
                    fileOffset,
                    "series checksum mismatch: expected=%08x, actual=%08x".formatted(expected, actual));
        }
        return new ByteReader(resource, bytes, bodyStart, bodyEnd, fileOffset - from);
    }

    /// The same into columns; nothing is added for a series without chunks.
    void decode(long ref, byte[] bytes, int from, int to, long fileOffset, SeriesColumns target) {
        var in = body(bytes, from, to, fileOffset);
        for (int i = 2 * in.uvarint(in.remaining() / 2, "label count"); i > 0; i--) {
            long symbol = in.uvarint();
            if (symbol >>> 32 != 0) {
                throw symbols.outOfBounds(symbol);
            }
            target.addSymbol((int) symbol);
        }
        long max = 0;
        long chunkRef = 0;
        int count = in.uvarint(in.remaining() / CHUNK_LENGTH_MIN, "chunk count");
        for (int i = 0; i < count; i++) {
            long min = i == 0 ? in.varint() : max + in.uvarint();
            max = min + in.uvarint();
            chunkRef += i == 0 ? in.uvarint() : in.varint();
            target.addChunk(min, max, chunkRef);
        }
        target.endSeries(ref);
    }

    private Labels labels(ByteReader in) {
        int count = in.uvarint(in.remaining() / 2, "label count");
        var pairs = new String[2 * count];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = symbols.lookup(in.uvarint());
        }
        return isSorted(pairs) ? Labels.ofSorted(pairs) : sorted(pairs);
    }

    private boolean isSorted(String[] pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (i > 0 && pairs[i - 2].equals(pairs[i])) {
                throw new CorruptDataException(resource, -1, "series has two labels of one name: " + pairs[i]);
            }
            if (pairs[i + 1].isEmpty() || i > 0 && Utf8.compare(pairs[i - 2], pairs[i]) >= 0) {
                return false;
            }
        }
        return true;
    }

    /// Old writers left blocks with labels out of order.
    private static Labels sorted(String[] pairs) {
        var builder = Labels.empty().toBuilder();
        for (int i = 0; i < pairs.length; i += 2) {
            builder.set(pairs[i], pairs[i + 1]);
        }
        return builder.build();
    }

    private @Nullable SeriesEntry chunks(
            long ref, Labels labels, ByteReader in, TimeRange range, boolean labelsOnly, QueryContext context) {
        TimeRange times = expected.times();
        int count = in.uvarint(in.remaining() / CHUNK_LENGTH_MIN, "chunk count");
        int capacity = labelsOnly ? 0 : count;
        var minMs = new long[capacity];
        var maxMs = new long[capacity];
        var refs = new long[capacity];
        var lengths = new int[capacity];
        int kept = 0;
        boolean previousKept = false;
        long min = 0;
        long max = 0;
        long chunkRef = 0;
        for (int i = 0; i < count; i++) {
            min = i == 0 ? in.varint() : max + in.uvarint();
            max = min + in.uvarint();
            if (max < min) {
                throw in.corrupt("chunk ends before it begins: min=" + min + ", max=" + max);
            }
            if (min < times.minMs() || max > times.maxMs()) {
                expected.stray().chunk(labels, min, max, context);
            }
            long delta = i == 0 ? in.uvarint() : in.varint();
            if (previousKept && !labelsOnly) {
                lengths[kept - 1] = lengthMax(chunkRef, chunkRef + delta);
            }
            chunkRef += delta;
            previousKept = max >= range.minMs() && min <= range.maxMs();
            if (previousKept) {
                if (!labelsOnly) {
                    minMs[kept] = min;
                    maxMs[kept] = max;
                    refs[kept] = chunkRef;
                    lengths[kept] = SeriesEntry.LENGTH_UNKNOWN;
                }
                kept++;
            }
        }
        if (in.remaining() > 0) {
            throw in.corrupt("series entry goes on behind its last chunk: bytes=" + in.remaining());
        }
        return kept == 0 ? null : new SeriesEntry(ref, labels, labelsOnly ? 0 : kept, minMs, maxMs, refs, lengths);
    }

    /// A chunk ends where the next begins, if that lies after it in the same segment.
    private static int lengthMax(long chunkRef, long nextRef) {
        long gap = nextRef - chunkRef;
        return chunkRef >>> 32 == nextRef >>> 32 && gap > 0 && gap < SeriesEntry.LENGTH_UNKNOWN
                ? (int) gap
                : SeriesEntry.LENGTH_UNKNOWN;
    }
}
