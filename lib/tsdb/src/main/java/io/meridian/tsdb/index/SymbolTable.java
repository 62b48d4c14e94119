package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.tsdb.bytes.SegmentCursor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// The strings that label names and values of an index refer to. Every 32nd has its place in memory; the others are
/// found by walking from there. Thread-safe.
///
/// A reference is the string's number, or in version 1 its offset in the index file.
public final class SymbolTable implements Iterable<String> {
    private static final int CACHE_SIZE = 4096;
    private static final int COUNT_LENGTH = 4;

    private final String resource;
    private final MemorySegment content;
    private final long fileOffset;
    private final boolean byOffset;
    private final int count;
    private final long[] samples;

    /// Racy on purpose: entries are immutable, so the worst is a miss.
    private final @Nullable Cached[] cache = new @Nullable Cached[CACHE_SIZE];

    private record Cached(long ref, String text) {}

    /// @param content    the section's content, its checksum verified
    /// @param fileOffset where the content begins in the index file
    SymbolTable(String resource, MemorySegment content, long fileOffset, int version) {
        this.resource = resource;
        this.content = content;
        this.fileOffset = fileOffset;
        this.byOffset = version == IndexFormat.VERSION_1;
        var in = cursor();
        int declared = in.be32();
        if (declared < 0 || declared > content.byteSize()) {
            throw in.corrupt("symbol count out of bounds: " + Integer.toUnsignedString(declared));
        }
        this.count = declared;
        this.samples = new long[declared / IndexFormat.SAMPLING + 1];
        long before = -1;
        long beforeEnd = -1;
        for (int i = 0; i < declared; i++) {
            if (i % IndexFormat.SAMPLING == 0) {
                samples[i / IndexFormat.SAMPLING] = in.position();
            }
            int length = in.length();
            long start = in.position();
            in.skip(length);
            if (i > 0 && !byOffset && !PostingsTable.isAscending(content, before, beforeEnd, start, start + length)) {
                throw in.corrupt("symbol " + i + " is out of order");
            }
            before = start;
            beforeEnd = start + length;
        }
    }

    private SegmentCursor cursor() {
        return new SegmentCursor(resource, content, fileOffset);
    }

    /// Length of the section's content, in bytes.
    long contentLength() {
        return content.byteSize();
    }

    /// Number of symbols.
    public int size() {
        return count;
    }

    /// @throws io.meridian.model.CorruptDataException if there is no such symbol
    public String lookup(long ref) {
        int slot = (int) (ref & (CACHE_SIZE - 1));
        Cached cached = cache[slot];
        if (cached != null && cached.ref == ref) {
            return cached.text;
        }
        String text = read(ref);
        cache[slot] = new Cached(ref, text);
        return text;
    }

    private String read(long ref) {
        var in = cursor();
        if (byOffset) {
            if (ref < fileOffset + COUNT_LENGTH || ref >= fileOffset + content.byteSize()) {
                throw in.corrupt("symbol offset out of bounds: " + ref);
            }
            in.moveTo(ref - fileOffset);
        } else {
            if (ref < 0 || ref >= count) {
                throw outOfBounds(ref);
            }
            in.moveTo(samples[(int) (ref / IndexFormat.SAMPLING)]);
            for (long skip = ref % IndexFormat.SAMPLING; skip > 0; skip--) {
                in.skip(in.length());
            }
        }
        return in.string(in.length());
    }

    /// All symbols in the order stored.
    @Override
    public Iterator<String> iterator() {
        var in = cursor();
        in.skip(COUNT_LENGTH);
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < count;
            }

            @Override
            public String next() {
                if (next >= count) {
                    throw new NoSuchElementException();
                }
                next++;
                return in.string(in.length());
            }
        };
    }

    CorruptDataException outOfBounds(long ref) {
        return new CorruptDataException(
                resource, fileOffset, "symbol out of bounds: count=" + count + ", actual=" + ref);
    }

    /// Whether references are offsets in the file.
    boolean isByOffset() {
        return byOffset;
    }

    /// Whether each reference means the same in both.
    boolean hasSameContent(SymbolTable other) {
        return byOffset == other.byOffset
                && (!byOffset || fileOffset == other.fileOffset)
                && content.byteSize() == other.content.byteSize()
                && content.mismatch(other.content) < 0;
    }

    Walk walk() {
        return new Walk();
    }

    /// From symbol to symbol, which must rise, as bytes where they lie.
    final class Walk implements Comparable<Walk> {
        private final SegmentCursor in = cursor();
        private int number = -1;
        private long entryAt;
        private long from;
        private long to;

        private Walk() {
            in.skip(COUNT_LENGTH);
        }

        /// @return false at the end
        /// @throws CorruptDataException if the next one does not come after this one
        boolean advance() {
            if (number + 1 >= count) {
                return false;
            }
            entryAt = in.position();
            int length = in.length();
            long start = in.position();
            in.skip(length);
            if (number >= 0 && compare(content, from, to, content, start, start + length) >= 0) {
                throw in.corrupt("symbols out of order");
            }
            number++;
            from = start;
            to = start + length;
            return true;
        }

        /// The symbol's number in the order stored.
        int number() {
            return number;
        }

        /// Where its entry begins in the file.
        long fileOffset() {
            return fileOffset + entryAt;
        }

        String text() {
            in.moveTo(from);
            return in.string((int) (to - from));
        }

        @Override
        public int compareTo(Walk other) {
            return compare(content, from, to, other.content(), other.from, other.to);
        }

        private MemorySegment content() {
            return content;
        }
    }

    /// Unsigned, as UTF-8 sorts.
    private static int compare(MemorySegment a, long aFrom, long aTo, MemorySegment b, long bFrom, long bTo) {
        long at = MemorySegment.mismatch(a, aFrom, aTo, b, bFrom, bTo);
        if (at < 0) {
            return 0;
        }
        if (at >= aTo - aFrom || at >= bTo - bFrom) {
            return Long.compare(aTo - aFrom, bTo - bFrom);
        }
        return Byte.compareUnsigned(a.get(ValueLayout.JAVA_BYTE, aFrom + at), b.get(ValueLayout.JAVA_BYTE, bFrom + at));
    }

    /// Bytes in the heap.
    public long retainedBytes() {
        return 8L * samples.length
                + 4L * CACHE_SIZE
                + Arrays.stream(cache)
                        .mapToLong(entry -> entry == null ? 0 : 64 + 2L * entry.text.length())
                        .sum();
    }
}
