package io.meridian.model.chunk;

import static io.meridian.model.chunk.ChunkBytes.load;

import io.meridian.model.CorruptDataException;
import io.meridian.model.SampleBuffer;

/// Encoding 1: float samples, times as differences of differences, values XORed with the one before
/// (Prometheus `tsdb/docs/format/chunks.md`).
///
/// ```
/// u16 count | varint t0 | f64 v0 | uvarint t1-t0 | xor v1 | { dod t | xor v }
/// dod: 0 none | 10 14 bits | 110 17 bits | 1110 20 bits | 1111 64 bits
/// xor: 0 same | 10 bits in the window before | 11 leading:5 significant:6 bits
/// ```
public final class XorChunk {
    static final int HEADER_LENGTH = 2;

    private static final String NAME = "XOR chunk";
    private static final int TIME_0_INDEX = HEADER_LENGTH;

    private XorChunk() {}

    /// Number of samples by the header.
    public static int sampleCount(byte[] data, int offset, int length) {
        return ChunkBytes.sampleCount(NAME, data, offset, length, HEADER_LENGTH);
    }

    /// Appends every sample of the payload to `target`; appends none if it is corrupt.
    ///
    /// @throws CorruptDataException if the payload ends before its last sample or is no XOR chunk
    public static void decode(byte[] data, int offset, int length, SampleBuffer target) {
        decode(data, offset, length, Long.MAX_VALUE, target);
    }

    /// The same, but it may leave out samples behind the one that is later than `maxMs`.
    public static void decode(byte[] data, int offset, int length, long maxMs, SampleBuffer target) {
        int count = sampleCount(data, offset, length);
        if (count == 0) {
            return;
        }
        // Each sample after the first takes two bits at least.
        if (count > 4L * length) {
            throw new CorruptDataException(NAME, 0, "too short: samples=%d, length=%d".formatted(count, length));
        }
        target.ensure(count);
        boolean inPlace = ChunkBytes.hasSlack(data, offset, length);
        byte[] bytes = inPlace ? data : ChunkBytes.copyWithSlack(data, offset, length);
        int from = inPlace ? offset : 0;
        target.advance(decode(bytes, from, length, count, maxMs, target.times(), target.values(), target.size()));
    }

    /// @return how many samples were decoded
    private static int decode(
            byte[] bytes, int start, int length, int count, long maxMs, long[] times, double[] values, int target) {
        long end = 8L * (start + length);
        int at = start + TIME_0_INDEX;
        long raw = ChunkBytes.uvarint(NAME, bytes, at);
        at = ChunkBytes.afterUvarint(bytes, at);
        long time = ChunkBytes.zigzag(raw);
        long value = ChunkBytes.word(bytes, at);
        long position = 8L * (at + 8);
        checkEnd(position, end, start);
        times[target] = time;
        values[target] = Double.longBitsToDouble(value);
        if (count == 1) {
            return 1;
        }
        long delta = ChunkBytes.uvarint(NAME, bytes, at + 8);
        position = 8L * ChunkBytes.afterUvarint(bytes, at + 8);
        int leading = 0;
        int trailing = 0;
        long word = load(bytes, position);
        for (int i = target + 1; ; ) {
            if (word >= 0) {
                position++;
            } else {
                if (word << 1 >= 0) {
                    position += 2;
                } else {
                    leading = (int) (word << 2 >>> 59);
                    int significant = (int) (word << 7 >>> 58);
                    trailing = significant == 0 ? 0 : 64 - leading - significant;
                    if (trailing < 0 || significant == 0 && leading != 0) {
                        throw badWindow(leading, significant, position, start);
                    }
                    position += 13;
                }
                int significant = 64 - leading - trailing;
                value ^= ChunkBytes.bits(bytes, position, significant) << trailing;
                position += significant;
            }
            time += delta;
            times[i] = time;
            values[i] = Double.longBitsToDouble(value);
            if (position > end) {
                throw truncated(start, end);
            }
            if (++i == target + count || time > maxMs) {
                return i - target;
            }
            word = load(bytes, position);
            if (word >= 0) {
                position++;
                word <<= 1;
            } else if (word << 1 >= 0) {
                delta += dod(word << 2, 14);
                position += 16;
                word <<= 16;
            } else if (word << 2 >= 0) {
                delta += dod(word << 3, 17);
                position += 20;
                word <<= 20;
            } else if (word << 3 >= 0) {
                delta += dod(word << 4, 20);
                position += 24;
                word <<= 24;
            } else {
                delta += ChunkBytes.bits(bytes, position + 4, 64);
                position += 68;
                word = load(bytes, position);
            }
        }
    }

    /// The top `bits` of the word, where the one value with only the sign bit set is positive.
    private static long dod(long word, int bits) {
        long value = word >>> (64 - bits);
        return value > 1L << (bits - 1) ? value - (1L << bits) : value;
    }

    private static void checkEnd(long position, long end, int start) {
        if (position > end) {
            throw truncated(start, end);
        }
    }

    private static CorruptDataException truncated(int start, long end) {
        return new CorruptDataException(NAME, end / 8 - start, "ends before its last sample");
    }

    private static CorruptDataException badWindow(int leading, int significant, long position, int start) {
        return new CorruptDataException(
                NAME,
                position / 8 - start,
                "value has more than 64 bits: leading=%d, significant=%d".formatted(leading, significant));
    }
}
