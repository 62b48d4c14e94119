package io.meridian.tsdb.index;

import io.meridian.model.Utf8;
import io.meridian.tsdb.bytes.SegmentCursor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The postings offset table: where the list of series of each label pair lies. Of each label name every 32nd value
/// has its place in memory, the rest is walked. Thread-safe.
///
/// Version 1 does not promise an order; where the entries are not sorted, all places are kept, sorted here.
public final class PostingsTable {
    private static final int KEYS_PER_ENTRY = 2;
    private static final int COUNT_LENGTH = 4;

    private final String resource;
    private final MemorySegment content;
    private final long fileOffset;
    private final long postingsEnd;
    private final TreeMap<String, NameRange> names = new TreeMap<>(Utf8::compare);
    private final int count;
    private final long entriesEnd;

    /// Called for each value of a name, ascending.
    @FunctionalInterface
    public interface ValueVisitor {
        /// @return whether to go on
        boolean visit(String value, PostingsExtent extent);
    }

    /// The entries of one label name: places of every `sampling`-th, ascending by value.
    private static final class NameRange {
        private final long[] places;
        private final int count;
        private final int sampling;

        NameRange(long[] places, int count, int sampling) {
            this.places = places;
            this.count = count;
            this.sampling = sampling;
        }
    }

    /// @param content     the section's content, its checksum verified
    /// @param fileOffset  where the content begins in the index file
    /// @param postingsEnd the first byte after the last list, in the index file
    /// @throws io.meridian.model.CorruptDataException if the entries make no sense; out of order in version 1 only
    PostingsTable(String resource, MemorySegment content, long fileOffset, long postingsEnd, int version) {
        this.resource = resource;
        this.content = content;
        this.fileOffset = fileOffset;
        this.postingsEnd = postingsEnd;
        var in = cursor();
        int declared = in.be32();
        if (declared < 0 || declared > content.byteSize()) {
            throw in.corrupt("postings table count out of bounds: " + Integer.toUnsignedString(declared));
        }
        this.count = declared;
        if (!scanSorted(in)) {
            if (version != IndexFormat.VERSION_1) {
                throw in.corrupt("postings table is out of order");
            }
            names.clear();
            in = cursor();
            in.skip(COUNT_LENGTH);
            scanUnsorted(in);
        }
        this.entriesEnd = in.position();
    }

    private SegmentCursor cursor() {
        return new SegmentCursor(resource, content, fileOffset);
    }

    /// Collects samples; false as soon as two entries are out of order.
    private boolean scanSorted(SegmentCursor in) {
        byte[] name = new byte[0];
        var places = new Places();
        int inName = 0;
        long valueStart = -1;
        long valueEnd = -1;
        for (int i = 0; i < count; i++) {
            long place = in.position();
            int nameLength = nameLength(in);
            int order = in.compare(nameLength, name);
            if (i == 0 || order != 0) {
                if (i > 0) {
                    if (order < 0) {
                        return false;
                    }
                    names.put(Utf8.decode(name, 0, name.length), places.range(inName));
                }
                name = bytes(in, nameLength);
                places.clear();
                inName = 0;
                valueStart = -1;
            } else {
                in.skip(nameLength);
            }
            int valueLength = in.length();
            long start = in.position();
            if (valueStart >= 0 && !isAscending(content, valueStart, valueEnd, start, start + valueLength)) {
                return false;
            }
            valueStart = start;
            valueEnd = start + valueLength;
            in.skip(valueLength);
            in.uvarint();
            if (inName++ % IndexFormat.SAMPLING == 0) {
                places.add(place);
            }
        }
        if (count > 0) {
            names.put(Utf8.decode(name, 0, name.length), places.range(inName));
        }
        return true;
    }

    private static final class Places {
        private long[] places = new long[16];
        private int size;

        void add(long place) {
            if (size == places.length) {
                places = Arrays.copyOf(places, size + (size >> 1));
            }
            places[size++] = place;
        }

        void clear() {
            size = 0;
        }

        NameRange range(int count) {
            return new NameRange(Arrays.copyOf(places, size), count, IndexFormat.SAMPLING);
        }
    }

    /// Whether a string comes before another one, by its bytes; both lie in the content.
    static boolean isAscending(MemorySegment content, long start, long end, long nextStart, long nextEnd) {
        long at = MemorySegment.mismatch(content, start, end, content, nextStart, nextEnd);
        if (at < 0 || at == nextEnd - nextStart) {
            return false;
        }
        return at == end - start
                || (content.get(ValueLayout.JAVA_BYTE, start + at) & 0xFF)
                        < (content.get(ValueLayout.JAVA_BYTE, nextStart + at) & 0xFF);
    }

    private void scanUnsorted(SegmentCursor in) {
        var byName = new TreeMap<String, TreeMap<String, Long>>(Utf8::compare);
        for (int i = 0; i < count; i++) {
            long place = in.position();
            String name = in.string(nameLength(in));
            String value = in.string(in.length());
            in.uvarint();
            byName.computeIfAbsent(name, _ -> new TreeMap<>(Utf8::compare)).put(value, place);
        }
        byName.forEach((name, values) -> {
            long[] places = values.values().stream().mapToLong(Long::longValue).toArray();
            names.put(name, new NameRange(places, places.length, 1));
        });
    }

    private static int nameLength(SegmentCursor in) {
        int keys = in.u8();
        if (keys != KEYS_PER_ENTRY) {
            throw in.corrupt("postings table keys: expected=" + KEYS_PER_ENTRY + ", actual=" + keys);
        }
        return in.length();
    }

    private static byte[] bytes(SegmentCursor in, int length) {
        return Utf8.encode(in.string(length));
    }

    /// Number of entries.
    public int size() {
        return count;
    }

    /// All label names, ascending.
    public List<String> names() {
        return names.keySet().stream().filter(name -> !name.isEmpty()).toList();
    }

    /// Number of values that a name has.
    public int valueCount(String name) {
        NameRange range = names.get(name);
        return range == null ? 0 : range.count;
    }

    /// The list of all series, or null if there is none.
    public @Nullable PostingsExtent all() {
        return find("", "");
    }

    /// The list of a label pair, or null.
    public @Nullable PostingsExtent find(String name, String value) {
        NameRange range = names.get(name);
        if (range == null) {
            return null;
        }
        byte[] wanted = Utf8.encode(value);
        var in = cursor();
        int index = lastSampleAtOrBefore(range, wanted, in);
        if (index < 0) {
            return null;
        }
        in.moveTo(range.places[index]);
        int left = Math.min(range.sampling, range.count - index * range.sampling);
        for (; left > 0; left--) {
            in.skip(nameLength(in));
            int valueLength = in.length();
            int order = in.compare(valueLength, wanted);
            in.skip(valueLength);
            long offset = in.uvarint();
            if (order == 0) {
                return extent(offset, in);
            }
            if (order > 0) {
                return null;
            }
        }
        return null;
    }

    /// Visits the values from `first` on.
    public void values(String name, String first, ValueVisitor visitor) {
        NameRange range = names.get(name);
        if (range == null) {
            return;
        }
        byte[] wanted = Utf8.encode(first);
        var in = cursor();
        int sample = Math.max(0, lastSampleAtOrBefore(range, wanted, in));
        for (int i = sample * range.sampling; i < range.count; i++) {
            if (range.sampling == 1 || i == sample * range.sampling) {
                in.moveTo(range.places[i / range.sampling]);
            }
            in.skip(nameLength(in));
            int valueLength = in.length();
            boolean before = in.compare(valueLength, wanted) < 0;
            if (before) {
                in.skip(valueLength);
                in.uvarint();
                continue;
            }
            String value = in.string(valueLength);
            long offset = in.uvarint();
            if (!visitor.visit(value, extent(offset, in))) {
                return;
            }
        }
    }

    private static int lastSampleAtOrBefore(NameRange range, byte[] wanted, SegmentCursor in) {
        int low = 0;
        int high = range.places.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            in.moveTo(range.places[middle]);
            in.skip(nameLength(in));
            if (in.compare(in.length(), wanted) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /// From the offset just read to the next entry's, which the cursor stands at.
    private PostingsExtent extent(long offset, SegmentCursor in) {
        long place = in.position();
        long end = postingsEnd;
        if (place < entriesEnd) {
            in.skip(nameLength(in));
            in.skip(in.length());
            end = in.uvarint();
            in.moveTo(place);
        }
        if (offset < 0 || offset > postingsEnd - PostingsExtent.LENGTH_MIN) {
            throw in.corrupt("postings offset out of bounds: max=" + postingsEnd + ", actual=" + offset);
        }
        return new PostingsExtent(offset, end >= offset + PostingsExtent.LENGTH_MIN && end <= postingsEnd ? end : -1);
    }

    /// Bytes in the heap.
    public long retainedBytes() {
        return names.values().stream()
                .mapToLong(range -> 8L * range.places.length + 128)
                .sum();
    }
}
