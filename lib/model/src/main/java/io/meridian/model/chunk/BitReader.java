package io.meridian.model.chunk;

import io.meridian.model.CorruptDataException;
import java.util.Objects;

/// A position in the bits of one payload, for the parts of histogram chunks; checked against the end at each step.
/// The float chunks are read by kernels that keep the position in a local.
final class BitReader {
    private final String name;
    private final byte[] bytes;
    private final int start;
    private final long end;
    private long position;

    /// @param skip bytes of the header, which must be there
    BitReader(String name, byte[] data, int offset, int length, int skip) {
        Objects.checkFromIndexSize(offset, length, data.length);
        this.name = name;
        boolean inPlace = ChunkBytes.hasSlack(data, offset, length);
        bytes = inPlace ? data : ChunkBytes.copyWithSlack(data, offset, length);
        start = inPlace ? offset : 0;
        end = 8L * (start + length);
        position = 8L * (start + skip);
    }

    CorruptDataException corrupt(String detail) {
        return new CorruptDataException(name, position / 8 - start, detail);
    }

    /// The payload, with [ChunkBytes#SLACK] bytes behind it, for whoever goes on reading by himself.
    byte[] bytes() {
        return bytes;
    }

    /// In bits.
    long position() {
        return position;
    }

    /// Where the payload ends, in bits.
    long end() {
        return end;
    }

    /// Bits that are left.
    long remaining() {
        return end - position;
    }

    /// The next `count` bits, 1 to 64.
    long bits(int count) {
        long value = ChunkBytes.bits(bytes, position, count);
        position += count;
        if (position > end) {
            throw corrupt("ends before its last sample");
        }
        return value;
    }

    double float64() {
        return Double.longBitsToDouble(bits(64));
    }

    /// A signed number in Prometheus' variable bit width.
    long varbit() {
        int width = varbitWidth();
        return width == 0 ? 0 : Varbit.extend(bits(width), width);
    }

    /// An unsigned number in the same widths.
    long varbitUnsigned() {
        int width = varbitWidth();
        return width == 0 ? 0 : bits(width);
    }

    private int varbitWidth() {
        int ones = Varbit.ones(ChunkBytes.load(bytes, position));
        position += Varbit.prefixLength(ones);
        if (position > end) {
            throw corrupt("ends before its last sample");
        }
        return Varbit.width(ones);
    }

    /// Zigzag LEB128 at any bit position.
    long varint() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            long next = bits(8);
            if (shift == 63 && next > 1) {
                break;
            }
            value |= (next & 0x7F) << shift;
            if (next < 0x80) {
                return ChunkBytes.zigzag(value);
            }
        }
        throw corrupt("variable-length number has more than 64 bits");
    }
}
