package io.meridian.compactor.downsample;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A column of times and one of values → one XOR chunk, equal to the byte to what appending one by one gives.
final class XorColumnEncoder {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int LEADING_MAX = 31;

    /// So many bits of samples that do not change wait for the next one.
    private static final int KEPT_BITS = 12;

    private XorColumnEncoder() {}

    /// Room that a chunk of `count` samples needs at most, in bytes; the encoder may scribble over all of it.
    static int bytesMax(int count) {
        return 32 + 18 * count;
    }

    /// Writes the samples `[from, to)` at `offset` and returns the end of the chunk. There are at most 65,535 samples.
    static int encode(long[] times, double[] values, int from, int to, byte[] out, int offset) {
        int count = to - from;
        out[offset] = (byte) (count >>> 8);
        out[offset + 1] = (byte) count;
        int at = offset + 2;
        if (count == 0) {
            return at;
        }
        long time = times[from];
        at = putVarint((time << 1) ^ (time >> 63), out, at);
        long bits = Double.doubleToRawLongBits(values[from]);
        LONG.set(out, at, bits);
        at += 8;
        if (count == 1) {
            return at;
        }
        long delta = times[from + 1] - time;
        at = putVarint(delta, out, at);

        long pending = 0;
        int used = 0;
        int leading = -1;
        int trailing = 0;
        for (int i = from + 1; i < to; i++) {
            if (i > from + 1) {
                long nextDelta = times[i] - times[i - 1];
                long change = nextDelta - delta;
                delta = nextDelta;
                if (change == 0) {
                    used++;
                } else {
                    long code;
                    int width;
                    if (fits(change, 14)) {
                        code = 0b10L << 14 | change & 0x3fff;
                        width = 16;
                    } else if (fits(change, 17)) {
                        code = 0b110L << 17 | change & 0x1ffff;
                        width = 20;
                    } else if (fits(change, 20)) {
                        code = 0b1110L << 20 | change & 0xfffff;
                        width = 24;
                    } else {
                        LONG.set(out, at, pending);
                        at += used >>> 3;
                        pending <<= used & ~7;
                        used &= 7;
                        pending |= (0b1111L << 32 | change >>> 32) << (28 - used);
                        used += 36;
                        LONG.set(out, at, pending);
                        at += used >>> 3;
                        pending <<= used & ~7;
                        used &= 7;
                        code = change & 0xffffffffL;
                        width = 32;
                    }
                    pending |= code << (64 - width - used);
                    used += width;
                }
            }
            long nextBits = Double.doubleToRawLongBits(values[i]);
            long xor = nextBits ^ bits;
            bits = nextBits;
            if (xor == 0) {
                used++;
                if (used > KEPT_BITS) {
                    LONG.set(out, at, pending);
                    at += used >>> 3;
                    pending <<= used & ~7;
                    used &= 7;
                }
                continue;
            }
            int nextLeading = Math.min(LEADING_MAX, Long.numberOfLeadingZeros(xor));
            int nextTrailing = Long.numberOfTrailingZeros(xor);
            if (leading >= 0 && nextLeading >= leading && nextTrailing >= trailing) {
                pending |= 0b10L << (62 - used);
                used += 2;
            } else {
                leading = nextLeading;
                trailing = nextTrailing;
                pending |= (0b11L << 11 | (long) leading << 6 | (64 - leading - trailing) & 0x3f) << (51 - used);
                used += 13;
            }
            int width = 64 - leading - trailing;
            long field = xor >>> trailing;
            if (used + width > 63) {
                LONG.set(out, at, pending);
                at += used >>> 3;
                pending <<= used & ~7;
                used &= 7;
                if (used + width > 63) {
                    // seven bits less: what is left fits in any case
                    pending |= field >>> 8 << (72 - width - used);
                    used += width - 8;
                    LONG.set(out, at, pending);
                    at += used >>> 3;
                    pending <<= used & ~7;
                    used &= 7;
                    width = 8;
                    field &= 0xff;
                }
            }
            pending |= field << (64 - width - used);
            used += width;
            LONG.set(out, at, pending);
            at += used >>> 3;
            pending <<= used & ~7;
            used &= 7;
        }
        if (used > 0) {
            LONG.set(out, at, pending);
            at += used + 7 >>> 3;
        }
        return at;
    }

    private static boolean fits(long value, int width) {
        return -((1L << (width - 1)) - 1) <= value && value <= 1L << (width - 1);
    }

    static int putVarint(long value, byte[] out, int offset) {
        int at = offset;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[at++] = (byte) rest;
        return at;
    }
}
