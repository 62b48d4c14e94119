package io.meridian.model.chunk;

import static io.meridian.model.chunk.ChunkBytes.load;

import io.meridian.model.CorruptDataException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.StaleMarker;
import org.jspecify.annotations.Nullable;

/// Encoding 4: float samples whose time and value share a prefix, with optional start timestamps
/// (Prometheus `tsdb/docs/format/chunks.md`).
///
/// ```
/// u16 count | u8 start header | varint t0 | f64 v0 | varint t0-start0 ? | uvarint t1-t0 | xor v1 | start1 ? | { sample
/// | start ? }
/// sample: 0 nothing changed | 10 value | 110 dod 13 bits, xor | 1110 dod 20 bits, xor | 11110 dod 64 bits, xor
///         | 11111 stale
/// value:  0 bits in the window before | 1 leading:5 significant:6 bits
/// xor:    0 same | 10 bits in the window before | 110 leading:5 significant:6 bits | 111 stale
/// ```
///
/// A stale marker leaves the value against which the next one is XORed. The start header has bit 7 set if the first
/// start timestamp is there; bits 0 to 6 are the first sample whose start timestamp is written, 0 for none.
public final class Xor2Chunk {
    static final int HEADER_LENGTH = 3;
    static final int START_HEADER_INDEX = 2;

    private static final String NAME = "XOR2 chunk";

    private static final int SAME = 0;
    private static final int STALE = 1;
    private static final int REUSED = 2;
    private static final int FRESH = 3;

    /// Length of the value's own prefix, by kind.
    private static final byte[] VALUE_PREFIX = {1, 3, 2, 3};

    private Xor2Chunk() {}

    /// Number of samples by the header.
    public static int sampleCount(byte[] data, int offset, int length) {
        return ChunkBytes.sampleCount(NAME, data, offset, length, HEADER_LENGTH);
    }

    /// Appends every sample of the payload to `target`; appends none if it is corrupt.
    ///
    /// @throws CorruptDataException if the payload ends before its last sample or is no XOR2 chunk
    public static void decode(byte[] data, int offset, int length, SampleBuffer target) {
        int count = sampleCount(data, offset, length);
        if (count == 0) {
            return;
        }
        if (count > 8L * length) {
            throw new CorruptDataException(NAME, 0, "too short: samples=%d, length=%d".formatted(count, length));
        }
        target.ensure(count);
        boolean inPlace = ChunkBytes.hasSlack(data, offset, length);
        byte[] bytes = inPlace ? data : ChunkBytes.copyWithSlack(data, offset, length);
        int start = inPlace ? offset : 0;
        long[] startTimes = bytes[start + START_HEADER_INDEX] == 0 ? null : new long[count];
        decode(bytes, start, length, count, target.times(), target.values(), target.size(), startTimes);
        target.advance(count);
        if (startTimes != null) {
            target.setStartTimes(startTimes);
        }
    }

    private static void decode(
            byte[] bytes,
            int start,
            int length,
            int count,
            long[] times,
            double[] values,
            int target,
            long @Nullable [] startTimes) {
        long end = 8L * (start + length);
        int header = bytes[start + START_HEADER_INDEX] & 0xFF;
        int changeOn = (header & 0x7F) == 0 ? Integer.MAX_VALUE : header & 0x7F;
        int at = start + HEADER_LENGTH;
        long time = ChunkBytes.zigzag(ChunkBytes.uvarint(NAME, bytes, at));
        at = ChunkBytes.afterUvarint(bytes, at);
        long first = ChunkBytes.word(bytes, at);
        at += 8;
        long base = first == StaleMarker.BITS ? 0 : first;
        long startTime = 0;
        if (header >= 0x80) {
            startTime = time - ChunkBytes.zigzag(ChunkBytes.uvarint(NAME, bytes, at));
            at = ChunkBytes.afterUvarint(bytes, at);
        }
        times[target] = time;
        values[target] = Double.longBitsToDouble(first);
        if (startTimes != null) {
            startTimes[0] = startTime;
        }
        long position = 8L * at;
        if (count == 1) {
            checkEnd(position, end, start);
            return;
        }
        long delta = ChunkBytes.uvarint(NAME, bytes, at);
        position = 8L * ChunkBytes.afterUvarint(bytes, at);
        checkEnd(position, end, start);
        int leading = 0;
        int trailing = 0;
        long startDelta = 0;
        // Sample 1 has no prefix of its own: its value is written as after a change of time.
        boolean joint = false;
        for (int i = 1; i < count; i++) {
            long word = load(bytes, position);
            long value = base;
            int kind;
            if (joint) {
                if (word >= 0) {
                    position++;
                    kind = SAME;
                } else if (word << 1 >= 0) {
                    kind = word << 2 >= 0 ? REUSED : FRESH;
                    position += 3;
                } else if (word << 2 >= 0) {
                    delta += word << 3 >> 51;
                    position += 16;
                    word <<= 16;
                    kind = valueKind(word);
                    position += VALUE_PREFIX[kind];
                } else if (word << 3 >= 0) {
                    delta += word << 4 >> 44;
                    position += 24;
                    word <<= 24;
                    kind = valueKind(word);
                    position += VALUE_PREFIX[kind];
                } else if (word << 4 >= 0) {
                    delta += ChunkBytes.bits(bytes, position + 5, 64);
                    position += 69;
                    kind = valueKind(load(bytes, position));
                    position += VALUE_PREFIX[kind];
                } else {
                    position += 5;
                    kind = STALE;
                }
            } else {
                joint = true;
                kind = valueKind(word);
                position += VALUE_PREFIX[kind];
            }
            if (kind >= REUSED) {
                if (kind == FRESH) {
                    int window = (int) (load(bytes, position) >>> 53);
                    leading = window >>> 6;
                    int significant = window & 0x3F;
                    trailing = significant == 0 ? 0 : 64 - leading - significant;
                    if (trailing < 0 || significant == 0 && leading != 0) {
                        throw ChunkBytes.corrupt(
                                NAME, position / 8 - start, ChunkBytes.badWindow(leading, significant));
                    }
                    position += 11;
                }
                int significant = 64 - leading - trailing;
                base ^= ChunkBytes.bits(bytes, position, significant) << trailing;
                position += significant;
                value = base;
            } else if (kind == STALE) {
                value = StaleMarker.BITS;
            }
            long previous = time;
            time += delta;
            times[target + i] = time;
            values[target + i] = Double.longBitsToDouble(value);
            if (startTimes != null) {
                if (i >= changeOn) {
                    int ones = Varbit.ones(load(bytes, position));
                    startDelta += Varbit.signed(bytes, position, ones);
                    position += Varbit.prefixLength(ones) + Varbit.width(ones);
                    startTime = previous - startDelta;
                }
                startTimes[i] = startTime;
            }
            checkEnd(position, end, start);
        }
    }

    private static int valueKind(long word) {
        if (word >= 0) {
            return SAME;
        }
        if (word << 1 >= 0) {
            return REUSED;
        }
        return word << 2 >= 0 ? FRESH : STALE;
    }

    private static void checkEnd(long position, long end, int start) {
        if (position > end) {
            throw new CorruptDataException(NAME, end / 8 - start, "ends before its last sample");
        }
    }
}
