package io.meridian.model.chunk;

/// Integers of variable bit width: a run of ones tells the width of what follows (Prometheus `<varbit_int>`).
///
/// ```
/// 0 zero | 10 3 bits | 110 6 | 1110 9 | 11110 12 | 111110 18 | 1111110 25 | 11111110 56 | 11111111 64
/// ```
final class Varbit {
    private static final int ONES_MAX = 8;
    private static final byte[] WIDTHS = {0, 3, 6, 9, 12, 18, 25, 56, 64};

    private Varbit() {}

    /// How many ones lead the word, 8 at most.
    static int ones(long word) {
        return Long.numberOfLeadingZeros(~word | 1L << (63 - ONES_MAX));
    }

    static int prefixLength(int ones) {
        return Math.min(ones + 1, ONES_MAX);
    }

    /// Bits of the number after that many ones.
    static int width(int ones) {
        return WIDTHS[ones];
    }

    /// The number behind the prefix at `position`, which has that many ones.
    static long signed(byte[] bytes, long position, int ones) {
        int width = WIDTHS[ones];
        if (width == 0) {
            return 0;
        }
        return extend(ChunkBytes.bits(bytes, position + prefixLength(ones), width), width);
    }

    /// The value with only the top bit set is positive.
    static long extend(long value, int width) {
        return width < 64 && value > 1L << (width - 1) ? value - (1L << width) : value;
    }

    static void writeSigned(BitWriter out, long value) {
        int ones = 0;
        if (value != 0) {
            ones = 1;
            while (ones < ONES_MAX && !XorWindow.fits(value, WIDTHS[ones])) {
                ones++;
            }
        }
        write(out, ones, value);
    }

    static void writeUnsigned(BitWriter out, long value) {
        int used = 64 - Long.numberOfLeadingZeros(value);
        int ones = 0;
        while (WIDTHS[ones] < used) {
            ones++;
        }
        write(out, ones, value);
    }

    private static void write(BitWriter out, int ones, long value) {
        // A run of ones, closed by a zero unless it is the longest.
        out.bits(ones == ONES_MAX ? 0xFF : (1L << (ones + 1)) - 2, prefixLength(ones));
        if (ones > 0) {
            out.bits(value, WIDTHS[ones]);
        }
    }
}
