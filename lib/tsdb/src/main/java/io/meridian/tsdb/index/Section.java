package io.meridian.tsdb.index;

import io.meridian.model.CorruptDataException;
import io.meridian.tsdb.bytes.Crc32c;
import io.meridian.tsdb.bytes.SegmentCursor;
import java.lang.foreign.MemorySegment;

/// `length <4b> · content · CRC32 of the content <4b>`, as most sections of an index are framed.
final class Section {
    private static final int LENGTH_LENGTH = 4;

    private Section() {}

    /// The content of the section at `offset`, its bounds and checksum verified.
    ///
    /// @param fileOffset what to add to offsets in messages
    static MemorySegment content(String resource, String what, MemorySegment file, long offset, long fileOffset) {
        if (offset < 0 || offset > file.byteSize() - LENGTH_LENGTH) {
            throw new CorruptDataException(
                    resource, fileOffset + offset, what + " begins out of bounds: size=" + file.byteSize());
        }
        long length = file.get(SegmentCursor.BE32, offset) & 0xFFFFFFFFL;
        long left = file.byteSize() - offset - LENGTH_LENGTH - IndexFormat.CRC_LENGTH;
        if (length > left) {
            throw new CorruptDataException(
                    resource, fileOffset + offset, what + " too long: left=" + left + ", actual=" + length);
        }
        var content = file.asSlice(offset + LENGTH_LENGTH, length);
        int expected = file.get(SegmentCursor.BE32, offset + LENGTH_LENGTH + length);
        int actual = Crc32c.of(content);
        if (expected != actual) {
            throw new CorruptDataException(
                    resource,
                    fileOffset + offset,
                    what + " checksum mismatch: expected=%08x, actual=%08x".formatted(expected, actual));
        }
        return content;
    }
}
