package io.meridian.model.chunk;

/// Writes the XOR of successive floats: nothing if equal, else the bits that differ, in the window of the value before
/// where they fit into it.
final class XorWindow {
    private static final int NO_WINDOW = 0xFF;
    private static final int LEADING_MAX = 31;

    private int leading = NO_WINDOW;
    private int trailing;

    void clear() {
        leading = NO_WINDOW;
        trailing = 0;
    }

    void write(BitWriter out, long xor) {
        if (xor == 0) {
            out.bits(0, 1);
            return;
        }
        int newLeading = Math.min(Long.numberOfLeadingZeros(xor), LEADING_MAX);
        int newTrailing = Long.numberOfTrailingZeros(xor);
        if (leading != NO_WINDOW && newLeading >= leading && newTrailing >= trailing) {
            out.bits(0b10, 2);
            out.bits(xor >>> trailing, 64 - leading - trailing);
            return;
        }
        leading = newLeading;
        trailing = newTrailing;
        int significant = 64 - newLeading - newTrailing;
        out.bits(0b11L << 11 | (long) newLeading << 6 | significant & 0x3F, 13);
        out.bits(xor >>> newTrailing, significant);
    }

    /// Whether Prometheus writes the number in so many bits: from -(2^(bits-1)-1) to 2^(bits-1).
    static boolean fits(long value, int bits) {
        return value >= -((1L << (bits - 1)) - 1) && value <= 1L << (bits - 1);
    }
}
