package io.meridian.model.chunk;

import io.meridian.model.StaleMarker;

/// Writes float samples as one [Xor2Chunk], to the bytes that Prometheus writes.
public final class Xor2Encoder {
    /// More samples do not fit into the header.
    public static final int COUNT_MAX = 0xFFFF;

    private final BitWriter out = new BitWriter();
    private final XorWindow window = new XorWindow();
    private final StartTimeWriter starts = new StartTimeWriter();
    private int count;
    private long time;
    private long delta;
    private long value;

    /// Starts an empty chunk; the bytes given before stay as they are.
    public void clear() {
        count = 0;
    }

    public int sampleCount() {
        return count;
    }

    /// Bytes of the payload so far.
    public int byteCount() {
        return count == 0 ? Xor2Chunk.HEADER_LENGTH : out.byteCount();
    }

    /// Samples are not checked for order.
    ///
    /// @param startTimeMs start timestamp, 0 for unknown
    /// @throws IllegalStateException if the chunk is full
    public void append(long startTimeMs, long timeMs, double sample) {
        long bits = Double.doubleToRawLongBits(sample);
        if (count >= 2) {
            if (count == COUNT_MAX) {
                throw new IllegalStateException("XOR2 chunk is full: samples=" + count);
            }
            long newDelta = timeMs - time;
            writeJoint(newDelta - delta, bits);
            delta = newDelta;
        } else if (count == 1) {
            delta = timeMs - time;
            out.uvarint(delta);
            writeValue(bits);
        } else {
            begin(timeMs, bits);
        }
        starts.write(out, count, startTimeMs, timeMs, time);
        time = timeMs;
        if (bits != StaleMarker.BITS) {
            value = bits;
        }
        count++;
    }

    private void begin(long timeMs, long bits) {
        out.clear();
        starts.clear();
        value = 0;
        delta = 0;
        window.clear();
        out.bits(0, 8 * Xor2Chunk.HEADER_LENGTH);
        out.varint(timeMs);
        out.bits(bits, 64);
    }

    private void writeJoint(long dod, long bits) {
        if (dod == 0) {
            if (bits == StaleMarker.BITS) {
                out.bits(0b11111, 5);
            } else if (bits == value) {
                out.bits(0, 1);
            } else {
                out.bits(0b10, 2);
                window.writeChange(out, bits ^ value, 0, 1, 1, 1);
            }
            return;
        }
        if (dod >= -(1 << 12) && dod < 1 << 12) {
            out.bits(0b110L << 13 | dod & 0x1FFF, 16);
        } else if (dod >= -(1 << 19) && dod < 1 << 19) {
            out.bits(0b1110L << 20 | dod & 0xFFFFF, 24);
        } else {
            out.bits(0b11110, 5);
            out.bits(dod, 64);
        }
        writeValue(bits);
    }

    private void writeValue(long bits) {
        if (bits == StaleMarker.BITS) {
            out.bits(0b111, 3);
        } else if (bits == value) {
            out.bits(0, 1);
        } else {
            window.writeChange(out, bits ^ value, 0b10, 2, 0b110, 3);
        }
    }

    /// The payload: a copy, so that more samples may be appended.
    public byte[] toBytes() {
        if (count == 0) {
            return new byte[Xor2Chunk.HEADER_LENGTH];
        }
        byte[] bytes = out.toBytes();
        bytes[0] = (byte) (count >>> 8);
        bytes[1] = (byte) count;
        bytes[Xor2Chunk.START_HEADER_INDEX] = starts.header();
        return bytes;
    }
}
