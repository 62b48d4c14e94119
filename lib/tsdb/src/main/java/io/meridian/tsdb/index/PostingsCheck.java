package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.tsdb.bytes.Crc32c;
import io.meridian.tsdb.bytes.SegmentCursor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/// Checks every list of postings, front to back. Work that reads all series needs none of them, so what is wrong there
/// would go by unseen.
public final class PostingsCheck {
    private PostingsCheck() {}

    /// @param index whole; read in order, so a [WindowedSource] makes few requests of it
    /// @throws CorruptDataException if a list is cut short or its checksum does not match
    public static void verify(ByteSource index) throws IOException {
        long tocOffset = index.size() - IndexFormat.TOC_LENGTH;
        if (tocOffset < IndexFormat.HEADER_LENGTH) {
            throw new CorruptDataException(index.name(), 0, "index too short: actual=" + index.size());
        }
        IndexToc toc;
        try (var arena = Arena.ofConfined()) {
            byte[] bytes = index.read(tocOffset, IndexFormat.TOC_LENGTH, arena).toArray(ValueLayout.JAVA_BYTE);
            toc = IndexToc.parse(index.name(), bytes, index.size());
        }
        long end = toc.labelIndicesTable() > toc.postings() ? toc.labelIndicesTable() : toc.postingsTable();
        // lists are aligned; where the section begins is told before it is
        for (long at = aligned(toc.postings()); at > 0 && at < end; ) {
            at = verifyList(index, at, end);
        }
    }

    private static long aligned(long offset) {
        return (offset + Integer.BYTES - 1) & -Integer.BYTES;
    }

    private static long verifyList(ByteSource index, long at, long end) throws IOException {
        try (var arena = Arena.ofConfined()) {
            long length = at + Integer.BYTES > end
                    ? Long.MAX_VALUE
                    : Integer.toUnsignedLong(
                            index.read(at, Integer.BYTES, arena).get(SegmentCursor.BE32, 0));
            long needed = Integer.BYTES + length + IndexFormat.CRC_LENGTH;
            if (length > end - at - Integer.BYTES - IndexFormat.CRC_LENGTH) {
                throw new CorruptDataException(index.name(), at, "postings end beyond their section: end=" + end);
            }
            var list = index.read(at, needed, arena);
            int expected = list.get(SegmentCursor.BE32, Integer.BYTES + length);
            int actual = Crc32c.of(list.asSlice(Integer.BYTES, length));
            if (expected != actual) {
                throw new CorruptDataException(
                        index.name(),
                        at,
                        "postings checksum mismatch: expected=%08x, actual=%08x".formatted(expected, actual));
            }
            return at + needed;
        }
    }
}
