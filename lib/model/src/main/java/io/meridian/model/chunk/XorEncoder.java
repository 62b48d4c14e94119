package io.meridian.model.chunk;

/// Writes float samples as one [XorChunk], to the bytes that Prometheus writes.
public final class XorEncoder {
    /// More samples do not fit into the header.
    public static final int COUNT_MAX = 0xFFFF;

    private final BitWriter out = new BitWriter();
    private final XorWindow window = new XorWindow();
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
        return count == 0 ? XorChunk.HEADER_LENGTH : out.byteCount();
    }

    /// Samples are not checked for order.
    ///
    /// @throws IllegalStateException if the chunk is full
    public void append(long timeMs, double sample) {
        long bits = Double.doubleToRawLongBits(sample);
        if (count >= 2) {
            appendLater(timeMs, bits);
        } else if (count == 1) {
            delta = timeMs - time;
            out.uvarint(delta);
            window.write(out, bits ^ value);
        } else {
            begin(timeMs, bits);
        }
        time = timeMs;
        value = bits;
        count++;
    }

    private void begin(long timeMs, long bits) {
        out.clear();
        window.clear();
        out.bits(0, 8 * XorChunk.HEADER_LENGTH);
        out.varint(timeMs);
        out.bits(bits, 64);
    }

    private void appendLater(long timeMs, long bits) {
        if (count == COUNT_MAX) {
            throw new IllegalStateException("XOR chunk is full: samples=" + count);
        }
        long newDelta = timeMs - time;
        long dod = newDelta - delta;
        if (dod == 0) {
            out.bits(0, 1);
        } else if (XorWindow.fits(dod, 14)) {
            out.bits(0b10L << 14 | dod & 0x3FFF, 16);
        } else if (XorWindow.fits(dod, 17)) {
            out.bits(0b110L << 17 | dod & 0x1FFFF, 20);
        } else if (XorWindow.fits(dod, 20)) {
            out.bits(0b1110L << 20 | dod & 0xFFFFF, 24);
        } else {
            out.bits(0b1111, 4);
            out.bits(dod, 64);
        }
        window.write(out, bits ^ value);
        delta = newDelta;
    }

    /// The payload: a copy, so that more samples may be appended.
    public byte[] toBytes() {
        if (count == 0) {
            return new byte[XorChunk.HEADER_LENGTH];
        }
        byte[] bytes = out.toBytes();
        bytes[0] = (byte) (count >>> 8);
        bytes[1] = (byte) count;
        return bytes;
    }
}
