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

    /// As an [XorChunk] has it.
    void write(BitWriter out, long xor) {
        if (xor == 0) {
            out.bits(0, 1);
        } else {
            writeChange(out, xor, 0b10, 2, 0b11, 2);
        }
    }

    /// What is not equal.
    ///
    /// @param reused prefix where the window before is taken, in so many bits
    /// @param fresh  prefix where a new window follows
    void writeChange(BitWriter out, long xor, int reused, int reusedBits, int fresh, int freshBits) {
        int newLeading = Math.min(Long.numberOfLeadingZeros(xor), LEADING_MAX);
        int newTrailing = Long.numberOfTrailingZeros(xor);
        if (leading != NO_WINDOW && newLeading >= leading && newTrailing >= trailing) {
            out.bits(reused, reusedBits);
            out.bits(xor >>> trailing, 64 - leading - trailing);
            return;
        }
        leading = newLeading;
        trailing = newTrailing;
        int significant = 64 - newLeading - newTrailing;
        out.bits((long) fresh << 11 | (long) newLeading << 6 | significant & 0x3F, freshBits + 11);
        out.bits(xor >>> newTrailing, significant);
    }

    /// Whether Prometheus writes the number in so many bits: from -(2^(bits-1)-1) to 2^(bits-1).
    static boolean fits(long value, int bits) {
        return value >= -((1L << (bits - 1)) - 1) && value <= 1L << (bits - 1);
    }
}
