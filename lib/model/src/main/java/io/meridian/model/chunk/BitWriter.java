package io.meridian.model.chunk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Bits, most significant first, in a growing array.
final class BitWriter {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int CAPACITY_FIRST = 256;

    private byte[] bytes = new byte[CAPACITY_FIRST];
    private int size;
    private long pending;
    private int pendingBits;

    void clear() {
        size = 0;
        pending = 0;
        pendingBits = 0;
    }

    /// Appends the `count` lowest bits of `value`; 1 to 64.
    void bits(long value, int count) {
        long shifted = value << (64 - count);
        pending |= shifted >>> pendingBits;
        int total = pendingBits + count;
        if (total >= 64) {
            if (size + 8 > bytes.length) {
                bytes = Arrays.copyOf(bytes, bytes.length * 2);
            }
            LONG.set(bytes, size, pending);
            size += 8;
            int rest = total - 64;
            pending = rest == 0 ? 0 : value << (64 - rest);
            pendingBits = rest;
        } else {
            pendingBits = total;
        }
    }

    void bit(boolean one) {
        bits(one ? 1 : 0, 1);
    }

    /// Unsigned LEB128.
    void uvarint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bits(rest & 0x7F | 0x80, 8);
            rest >>>= 7;
        }
        bits(rest, 8);
    }

    /// Zigzag LEB128.
    void varint(long value) {
        uvarint(value << 1 ^ value >> 63);
    }

    /// Bytes begun so far, the last one perhaps in part.
    int byteCount() {
        return size + (pendingBits + 7) / 8;
    }

    /// All bytes, the last one filled up with zeros.
    byte[] toBytes() {
        byte[] result = Arrays.copyOf(bytes, byteCount());
        long rest = pending;
        for (int i = size; i < result.length; i++) {
            result[i] = (byte) (rest >>> 56);
            rest <<= 8;
        }
        return result;
    }
}
