package io.meridian.tsdb.bytes;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Utf8;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A bounds-checked cursor over a mapped section, of any size. Like [ByteReader], for bytes outside the heap.
public final class SegmentCursor {
    /// Big-endian integers at any address.
    public static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    public static final ValueLayout.OfLong BE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final String resource;
    private final MemorySegment segment;
    private final long fileOffset;
    private final long limit;
    private long position;

    /// @param fileOffset where the segment begins in the file, for messages
    public SegmentCursor(String resource, MemorySegment segment, long fileOffset) {
        this.resource = resource;
        this.segment = segment;
        this.fileOffset = fileOffset;
        this.limit = segment.byteSize();
    }

    public long position() {
        return position;
    }

    public boolean atEnd() {
        return position >= limit;
    }

    public void moveTo(long newPosition) {
        if (newPosition < 0 || newPosition > limit) {
            throw corrupt("offset out of bounds: " + newPosition + " of " + limit);
        }
        position = newPosition;
    }

    public int u8() {
        need(1);
        return segment.get(ValueLayout.JAVA_BYTE, position++) & 0xFF;
    }

    public int be32() {
        need(4);
        int value = segment.get(BE32, position);
        position += 4;
        return value;
    }

    public long uvarint() {
        long at = position;
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= limit) {
                throw corrupt("varint ends beyond its section");
            }
            byte b = segment.get(ValueLayout.JAVA_BYTE, at++);
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                if (shift == 63 && b > 1) {
                    break;
                }
                position = at;
                return value;
            }
        }
        throw corrupt("varint overflows 64 bits");
    }

    /// Reads a length that must fit in what is left.
    public int length() {
        long value = uvarint();
        if (value < 0 || value > limit - position || value > Integer.MAX_VALUE - 16) {
            throw corrupt(
                    "length out of bounds: left=" + (limit - position) + ", actual=" + Long.toUnsignedString(value));
        }
        return (int) value;
    }

    public String string(int length) {
        need(length);
        var bytes = new byte[length];
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, position, bytes, 0, length);
        position += length;
        return Utf8.decode(bytes, 0, length);
    }

    public void skip(long count) {
        need(count);
        position += count;
    }

    /// Compares the next `length` bytes with `bytes`, unsigned, without moving on.
    public int compare(int length, byte[] bytes) {
        need(length);
        int n = Math.min(length, bytes.length);
        for (int i = 0; i < n; i++) {
            int order = (segment.get(ValueLayout.JAVA_BYTE, position + i) & 0xFF) - (bytes[i] & 0xFF);
            if (order != 0) {
                return order;
            }
        }
        return length - bytes.length;
    }

    private void need(long count) {
        if (count < 0 || limit - position < count) {
            throw corrupt("ends too early: needed=" + count + " bytes, left=" + (limit - position));
        }
    }

    public CorruptDataException corrupt(String detail) {
        return new CorruptDataException(resource, fileOffset + position, detail);
    }
}
