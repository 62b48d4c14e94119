package io.meridian.tsdb.bytes;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A bounds-checked cursor over a piece of a file that is in the heap. Whatever is wrong with the bytes comes out as
/// [CorruptDataException] with the place in the file.
public final class ByteReader {
    private static final VarHandle BE32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle BE64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final String resource;
    private final byte[] bytes;
    private final int limit;
    private final long fileOffset;
    private int position;

    /// @param fileOffset where `bytes[0]` lies in the file, for messages
    public ByteReader(String resource, byte[] bytes, int from, int to, long fileOffset) {
        java.util.Objects.checkFromToIndex(from, to, bytes.length);
        this.resource = resource;
        this.bytes = bytes;
        this.position = from;
        this.limit = to;
        this.fileOffset = fileOffset;
    }

    public ByteReader(String resource, byte[] bytes) {
        this(resource, bytes, 0, bytes.length, 0);
    }

    public int position() {
        return position;
    }

    public int remaining() {
        return limit - position;
    }

    public int u8() {
        need(1);
        return bytes[position++] & 0xFF;
    }

    public int be32() {
        need(4);
        int value = (int) BE32.get(bytes, position);
        position += 4;
        return value;
    }

    public long be64() {
        need(8);
        long value = (long) BE64.get(bytes, position);
        position += 8;
        return value;
    }

    /// Unsigned LEB128 of at most 64 bits.
    public long uvarint() {
        int at = position;
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= limit) {
                throw corrupt("varint ends beyond its section");
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                if (shift == 63 && b > 1) {
                    throw corrupt("varint overflows 64 bits");
                }
                position = at;
                return value;
            }
        }
        throw corrupt("varint overflows 64 bits");
    }

    /// Unsigned LEB128 that must not be above `max`.
    public int uvarint(int max, String what) {
        long value = uvarint();
        if (value < 0 || value > max) {
            throw corrupt(what + " out of bounds: max=" + max + ", actual=" + Long.toUnsignedString(value));
        }
        return (int) value;
    }

    /// Zigzag LEB128.
    public long varint() {
        long raw = uvarint();
        return (raw >>> 1) ^ -(raw & 1);
    }

    public String string(int length) {
        need(length);
        String text = Utf8.decode(bytes, position, length);
        position += length;
        return text;
    }

    public void skip(int count) {
        need(count);
        position += count;
    }

    private void need(int count) {
        if (count < 0 || limit - position < count) {
            throw corrupt("ends too early: needed=" + count + " bytes, left=" + (limit - position));
        }
    }

    public CorruptDataException corrupt(String detail) {
        return new CorruptDataException(resource, fileOffset + position, detail);
    }
}
