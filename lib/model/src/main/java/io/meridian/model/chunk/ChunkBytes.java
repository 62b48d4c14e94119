package io.meridian.model.chunk;

import io.meridian.model.CorruptDataException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Loads of bits from chunk payloads. A decoder keeps its bit position in a local and may look a little past the end
/// before it checks, so payloads are read from an array that has [#SLACK] bytes behind them.
final class ChunkBytes {
    /// More than the longest sample of a float chunk plus one load.
    static final int SLACK = 64;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private ChunkBytes() {}

    /// Whether the payload can be read where it lies.
    static boolean hasSlack(byte[] data, int offset, int length) {
        return offset <= data.length - length - SLACK;
    }

    /// A copy of the payload at index 0 with [#SLACK] readable bytes behind it.
    static byte[] copyWithSlack(byte[] data, int offset, int length) {
        byte[] copy = new byte[length + SLACK];
        System.arraycopy(data, offset, copy, 0, length);
        return copy;
    }

    /// The bits from `position` on, most significant first; the lowest 7 are not valid.
    static long load(byte[] data, long position) {
        return (long) LONG.get(data, (int) (position >>> 3)) << (position & 7);
    }

    /// The same at a position that an int can hold.
    static long load(byte[] data, int position) {
        return (long) LONG.get(data, position >>> 3) << (position & 7);
    }

    /// Exactly `count` bits, 1 to 64, right aligned.
    static long bits(byte[] data, int position, int count) {
        if (count <= 57) {
            return load(data, position) >>> -count;
        }
        return wide(data, position) >>> -count;
    }

    /// 64 valid bits from `position` on.
    private static long wide(byte[] data, int position) {
        int at = position >>> 3;
        return (long) LONG.get(data, at) << (position & 7) | (data[at + 8] & 0xFF) >>> (8 - (position & 7));
    }

    /// Exactly `count` bits, 1 to 64, right aligned.
    static long bits(byte[] data, long position, int count) {
        if (count <= 57) {
            return load(data, position) >>> (64 - count);
        }
        long high = load(data, position) >>> 32;
        int rest = count - 32;
        return high << rest | load(data, position + 32) >>> (64 - rest);
    }

    static long word(byte[] data, int index) {
        return (long) LONG.get(data, index);
    }

    /// The unsigned LEB128 number at `index`.
    static long uvarint(String what, byte[] data, int index) {
        long value = 0;
        for (int i = 0; i < 9; i++) {
            byte next = data[index + i];
            value |= (long) (next & 0x7F) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        byte last = data[index + 9];
        if (last != 0 && last != 1) {
            throw corrupt(what, index, "variable-length number has more than 64 bits");
        }
        return value | (long) last << 63;
    }

    /// The index after the LEB128 number at `index`.
    static int afterUvarint(byte[] data, int index) {
        int at = index;
        while (data[at] < 0) {
            at++;
        }
        return at + 1;
    }

    /// The signed number that was zigzag encoded.
    static long zigzag(long raw) {
        return raw >>> 1 ^ -(raw & 1);
    }

    static int sampleCount(String what, byte[] data, int offset, int length, int headerLength) {
        if (length < headerLength) {
            throw corrupt(what, 0, "header needs " + headerLength + " bytes, length=" + length);
        }
        return (data[offset] & 0xFF) << 8 | data[offset + 1] & 0xFF;
    }

    /// What is wrong with a window of a value: zeros before it and bits in it.
    static String badWindow(int leading, int significant) {
        return "value has more than 64 bits: leading=%d, significant=%d".formatted(leading, significant);
    }

    static CorruptDataException corrupt(String what, long position, String detail) {
        return new CorruptDataException(what, position, detail);
    }
}
