package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.tsdb.bytes.SegmentCursor;
import java.lang.foreign.MemorySegment;

/// A list of an index as it is stored: big-endian 32-bit references, scanned in place.
final class StoredPostings implements Postings {
    private static final int REF_LENGTH = 4;
    private static final int COUNT_LENGTH = 4;
    private static final long MASK = 0xFFFFFFFFL;

    private final MemorySegment refs;
    private final long size;
    private long position;

    private StoredPostings(MemorySegment refs, long size) {
        this.refs = refs;
        this.size = size;
    }

    /// @param section    the list with its length and checksum; bytes may follow
    /// @param fileOffset where it begins in the index, for messages
    static StoredPostings parse(String resource, MemorySegment section, long fileOffset) {
        var content = Section.content(resource, "postings", section, 0, fileOffset);
        if (content.byteSize() < COUNT_LENGTH) {
            throw new CorruptDataException(resource, fileOffset, "postings without a count");
        }
        long count = content.get(SegmentCursor.BE32, 0) & MASK;
        if (content.byteSize() != COUNT_LENGTH + REF_LENGTH * count) {
            throw new CorruptDataException(
                    resource,
                    fileOffset,
                    "postings length mismatch: expected=" + (COUNT_LENGTH + REF_LENGTH * count) + ", actual="
                            + content.byteSize());
        }
        var refs = content.asSlice(COUNT_LENGTH);
        if (!isAscending(refs, count)) {
            throw new CorruptDataException(resource, fileOffset, "postings do not rise");
        }
        return new StoredPostings(refs, count);
    }

    private static boolean isAscending(MemorySegment refs, long count) {
        int falls = 0;
        for (long i = 1; i < count; i++) {
            long before = refs.get(SegmentCursor.BE32, REF_LENGTH * (i - 1)) & MASK;
            long ref = refs.get(SegmentCursor.BE32, REF_LENGTH * i) & MASK;
            falls |= before < ref ? 0 : 1;
        }
        return falls == 0;
    }

    @Override
    public int fill(long[] target) {
        int n = (int) Math.min(target.length, size - position);
        long at = REF_LENGTH * position;
        for (int i = 0; i < n; i++) {
            target[i] = refs.get(SegmentCursor.BE32, at + REF_LENGTH * (long) i) & MASK;
        }
        position += n;
        return n;
    }

    /// Gallops, since the target is mostly near.
    @Override
    public void seek(long atLeast) {
        long low = position;
        long step = 1;
        while (low < size && ref(low) < atLeast) {
            position = low + 1;
            low += step;
            step <<= 1;
        }
        long high = Math.min(low, size);
        while (position < high) {
            long middle = (position + high) >>> 1;
            if (ref(middle) < atLeast) {
                position = middle + 1;
            } else {
                high = middle;
            }
        }
    }

    private long ref(long index) {
        return refs.get(SegmentCursor.BE32, REF_LENGTH * index) & MASK;
    }

    @Override
    public long sizeMax() {
        return size - position;
    }
}
