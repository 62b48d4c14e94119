package io.meridian.compactor.downsample;

import io.meridian.model.CorruptDataException;
import io.meridian.model.StaleMarker;
import io.meridian.model.chunk.EncodedChunk;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Raw XOR chunks → one column of times and one of values, in the way downsampling reads them: stale markers and
/// samples that go back in time are left out. Reused by one worker; nothing is allocated once the columns are large
/// enough.
final class XorColumnDecoder {
    /// Bytes that must follow the last chunk in its array, so that eight can always be loaded at once.
    static final int PADDING = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long EXPONENT = 0x7ff0000000000000L;

    long[] times = new long[4096];
    double[] values = new double[4096];
    int size;

    /// Whether a NaN, or an infinity, is among the values.
    boolean hasNaN;

    boolean hasInfinity;

    private byte[] padded = new byte[0];

    void clear() {
        size = 0;
        hasNaN = false;
        hasInfinity = false;
    }

    private void ensure(int count) {
        if (size + count > times.length) {
            int capacity = Math.max(size + count, 2 * times.length);
            times = Arrays.copyOf(times, capacity);
            values = Arrays.copyOf(values, capacity);
        }
    }

    /// Appends samples that were decoded elsewhere, under the same rules.
    void append(long[] fromTimes, double[] fromValues, int count) {
        ensure(count);
        long last = 0;
        for (int i = 0; i < count; i++) {
            long bits = Double.doubleToRawLongBits(fromValues[i]);
            if (fromTimes[i] < last || ((bits & EXPONENT) == EXPONENT && !keepsSpecial(bits))) {
                continue;
            }
            last = fromTimes[i];
            times[size] = last;
            values[size++] = fromValues[i];
        }
    }

    private boolean keepsSpecial(long bits) {
        if (bits == StaleMarker.BITS) {
            return false;
        }
        if ((bits & ~EXPONENT & Long.MAX_VALUE) == 0) {
            hasInfinity = true;
        } else {
            hasNaN = true;
        }
        return true;
    }

    /// Appends the samples of one XOR chunk, wherever its bytes lie.
    void decode(EncodedChunk chunk) {
        if (chunk.array().length - chunk.offset() - chunk.length() >= PADDING) {
            decode(chunk.array(), chunk.offset(), chunk.length());
            return;
        }
        if (padded.length < chunk.length() + PADDING) {
            padded = new byte[2 * chunk.length() + PADDING];
        }
        System.arraycopy(chunk.array(), chunk.offset(), padded, 0, chunk.length());
        decode(padded, 0, chunk.length());
    }

    /// Appends the samples of one XOR chunk.
    ///
    /// @param bytes  has [#PADDING] bytes behind the chunk
    /// @param offset of the chunk's payload
    /// @throws CorruptDataException if the chunk is cut short or its fields make no sense
    void decode(byte[] bytes, int offset, int length) {
        if (length < 2) {
            throw corrupt(offset, "shorter than its header: " + length + " bytes");
        }
        int count = (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
        if (count == 0) {
            return;
        }
        ensure(count);
        // Bit positions are relative to the chunk, so that they fit an int.
        int limit = 8 * length;
        int at = offset + 2;
        int end = offset + length;

        long raw = 0;
        int shift = 0;
        while (true) {
            if (at >= end || shift > 63) {
                throw corrupt(offset, "first time is cut");
            }
            byte b = bytes[at++];
            raw |= (long) (b & 0x7f) << shift;
            shift += 7;
            if (b >= 0) {
                break;
            }
        }
        long time = (raw >>> 1) ^ -(raw & 1);
        if (at + 8 > end) {
            throw corrupt(offset, "first value is cut");
        }
        long value = (long) LONG.get(bytes, at);
        at += 8;
        long last = keep(time, value, 0);
        if (count == 1) {
            return;
        }
        long delta = 0;
        shift = 0;
        while (true) {
            if (at >= end || shift > 63) {
                throw corrupt(offset, "second time is cut");
            }
            byte b = bytes[at++];
            delta |= (long) (b & 0x7f) << shift;
            shift += 7;
            if (b >= 0) {
                break;
            }
        }

        long[] outTimes = times;
        double[] outValues = values;
        int n = size;
        int position = 8 * (at - offset);
        int leading = 0;
        int significant = 0;
        long word = (long) LONG.get(bytes, at);
        for (int i = 1; ; ) {
            time += delta;
            // `word` begins with the control bits of the value; at least 57 bits of it are valid, or 56 after a
            // time that took a single bit.
            if (word >= 0) {
                position++;
            } else {
                if ((word & 0x4000000000000000L) != 0) {
                    leading = (int) (word >>> 57) & 0x1f;
                    significant = (int) (word >>> 51) & 0x3f;
                    significant = significant == 0 ? 64 : significant;
                    position += 13;
                    word <<= 13;
                    if (leading + significant > 64) {
                        throw corrupt(offset, "value of sample " + i + " has more than 64 bits");
                    }
                    if (significant > 43) {
                        word = load(bytes, offset, position, limit, i);
                    }
                } else {
                    position += 2;
                    word <<= 2;
                    if (significant > 54) {
                        word = load(bytes, offset, position, limit, i);
                    }
                    if (significant == 0) {
                        throw corrupt(offset, "value of sample " + i + " reuses a width that was never given");
                    }
                }
                long bits = word >>> (64 - significant);
                if (significant > 57) {
                    int rest = significant - 57;
                    bits = (word >>> 7 << rest) | load(bytes, offset, position + 57, limit, i) >>> (64 - rest);
                }
                position += significant;
                value ^= bits << (64 - leading - significant);
            }
            if (position > limit) {
                throw corrupt(offset, "sample " + i + " is cut");
            }
            if (time < last || (value & EXPONENT) == EXPONENT) {
                if (time >= last && keepsSpecial(value)) {
                    outTimes[n] = time;
                    outValues[n++] = Double.longBitsToDouble(value);
                    last = time;
                }
            } else {
                outTimes[n] = time;
                outValues[n++] = Double.longBitsToDouble(value);
                last = time;
            }
            if (++i >= count) {
                break;
            }
            word = (long) LONG.get(bytes, offset + (position >>> 3)) << (position & 7);
            if (word >= 0) {
                position++;
                word <<= 1;
            } else {
                long deltaOfDelta;
                switch (Long.numberOfLeadingZeros(~word)) {
                    case 1 -> {
                        deltaOfDelta = signed(word << 2 >>> 50, 14);
                        position += 16;
                    }
                    case 2 -> {
                        deltaOfDelta = signed(word << 3 >>> 47, 17);
                        position += 20;
                    }
                    case 3 -> {
                        deltaOfDelta = signed(word << 4 >>> 44, 20);
                        position += 24;
                    }
                    default -> {
                        deltaOfDelta = load(bytes, offset, position + 4, limit, i) >>> 32 << 32
                                | load(bytes, offset, position + 36, limit, i) >>> 32;
                        position += 68;
                    }
                }
                delta += deltaOfDelta;
                word = load(bytes, offset, position, limit, i);
            }
        }
        size = n;
    }

    private static long load(byte[] bytes, int offset, int position, int limit, int sample) {
        if (position > limit) {
            throw corrupt(offset, "sample " + sample + " is cut");
        }
        return (long) LONG.get(bytes, offset + (position >>> 3)) << (position & 7);
    }

    /// The field's values lie in `(-2^(width-1), 2^(width-1)]`.
    private static long signed(long field, int width) {
        return field > 1L << (width - 1) ? field - (1L << width) : field;
    }

    private long keep(long time, long value, long last) {
        if (time < last || ((value & EXPONENT) == EXPONENT && !keepsSpecial(value))) {
            return last;
        }
        times[size] = time;
        values[size++] = Double.longBitsToDouble(value);
        return time;
    }

    private static CorruptDataException corrupt(int offset, String detail) {
        return new CorruptDataException("xor chunk", offset, detail);
    }
}
