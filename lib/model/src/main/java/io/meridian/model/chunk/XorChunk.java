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

    /// Bits of an array are counted in an int; so many bytes behind the payload a broken one may lead.
    private static final int OFFSET_LIMIT = (1 << 28) - (2 << 20);

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
        boolean inPlace = ChunkBytes.hasSlack(data, offset, length) && offset < OFFSET_LIMIT - length;
        byte[] bytes = inPlace ? data : ChunkBytes.copyWithSlack(data, offset, length);
        int from = inPlace ? offset : 0;
        try {
            target.advance(decode(bytes, from, length, count, maxMs, target.times(), target.values(), target.size()));
        } catch (IndexOutOfBoundsException e) {
            // The loop looks for the end of the payload only when it is through: a broken one may lead out of the
            // array.
            throw truncated(length);
        }
    }

    /// Each kind of time and value has its own branch: a processor that guesses them goes on to the next sample before
    /// it knows where that begins, which is faster than any way to find the place without a guess.
    ///
    /// @return how many samples were decoded
    private static int decode(
            byte[] bytes, int start, int length, int count, long maxMs, long[] times, double[] values, int target) {
        int end = 8 * (start + length);
        int at = start + TIME_0_INDEX;
        long raw = ChunkBytes.uvarint(NAME, bytes, at);
        at = ChunkBytes.afterUvarint(bytes, at);
        long time = ChunkBytes.zigzag(raw);
        long value = ChunkBytes.word(bytes, at);
        at += 8;
        times[target] = time;
        values[target] = Double.longBitsToDouble(value);
        if (8 * at > end) {
            throw truncated(length);
        }
        if (count == 1) {
            return 1;
        }
        long delta = ChunkBytes.uvarint(NAME, bytes, at);
        int position = 8 * ChunkBytes.afterUvarint(bytes, at);
        int decoded =
                decodeRest(bytes, position, end, target + 1, target + count, maxMs, time, delta, value, times, values);
        if (decoded < 0) {
            throw truncated(length);
        }
        return decoded - target;
    }

    /// The second sample and those after it. A method of its own with little to remember: what does not fit into
    /// registers costs more here than anywhere.
    ///
    /// @return the index behind the last sample decoded, or -1 if it goes beyond `end`
    private static int decodeRest(
            byte[] bytes,
            int from,
            int end,
            int first,
            int to,
            long maxMs,
            long firstMs,
            long firstDelta,
            long firstValue,
            long[] times,
            double[] values) {
        long time = firstMs;
        long delta = firstDelta;
        long value = firstValue;
        int significant = 64;
        int trailing = 0;
        // The second sample has no difference of differences: a bit 0 stands for it.
        int position = from - 1;
        long word = load(bytes, from) >>> 1;
        for (int i = first; i < to; i++) {
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
            time += delta;
            times[i] = time;
            if (word >= 0) {
                position++;
            } else {
                if (word << 1 >= 0) {
                    position += 2;
                } else {
                    int leading = (int) (word << 2 >>> 59);
                    // zero stands for 64
                    significant = ((int) (word << 7 >>> 58) - 1 & 63) + 1;
                    trailing = 64 - leading - significant;
                    if (trailing < 0) {
                        throw ChunkBytes.corrupt(NAME, -1, ChunkBytes.badWindow(leading, significant));
                    }
                    position += 13;
                }
                value ^= ChunkBytes.bits(bytes, position, significant) << trailing;
                position += significant;
            }
            values[i] = Double.longBitsToDouble(value);
            if (time > maxMs) {
                return position > end ? -1 : i + 1;
            }
            word = load(bytes, position);
        }
        return position > end ? -1 : to;
    }

    /// The top `bits` of the word, where the one value with only the sign bit set is positive.
    private static long dod(long word, int bits) {
        return (word - (1L << (64 - bits)) >> (64 - bits)) + 1;
    }

    private static CorruptDataException truncated(int length) {
        return new CorruptDataException(NAME, length, "ends before its last sample");
    }
}
