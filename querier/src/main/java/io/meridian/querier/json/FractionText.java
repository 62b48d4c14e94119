package io.meridian.querier.json;

import java.math.BigInteger;

/// Text of doubles that are no integers and neither large nor tiny, as measurements mostly are, without a branch that
/// depends on their digits.
///
/// A double `c · 2^q` is `x · 10^k` with `x = c · M`, `M = 2^q · 10^-k` from 1 to below 10, and all decimals less than
/// `M / 2` from `x` round to it. So its shortest decimal is the multiple of ten next to `x` if that is as near, else
/// the integer next to `x` ([ShortestDecimal] in other words). `x` is a fixed-point number that is too small by less
/// than 2^-62; where that may matter, as on the middle between two doubles, nothing is written.
final class FractionText {
    /// From here to below [#MAX] this class may write a number.
    static final double MIN = 1e-6;

    static final double MAX = 1e15;

    private static final int FRACTION_BITS = 52;
    private static final long HIDDEN_BIT = 1L << FRACTION_BITS;
    private static final int BIASED_MIN = Math.getExponent(MIN) + Double.MAX_EXPONENT;
    private static final int BIASED_MAX = Math.getExponent(MAX) + Double.MAX_EXPONENT;

    /// Of `x` beside its multiple of ten.
    private static final int REST_BITS = 59;

    private static final long TEN = 10L << REST_BITS;

    /// Differences that rounding may have turned around.
    private static final long DOUBT = 8;

    private static final int DIGITS = 17;
    private static final long TEN_7 = 10_000_000L;
    private static final long TEN_8 = 100_000_000L;
    private static final long ZEROS = 0x3030303030303030L;

    /// `0.000000`
    private static final long ZERO_POINT = ZEROS & ~0xFF00L | '.' << 8;

    /// For each binary exponent: `M` with 60 bits behind the point, 64 more of its bits, and `k`.
    private static final long[] SCALES = scales();

    private FractionText() {}

    private static long[] scales() {
        long[] scales = new long[3 * (BIASED_MAX - BIASED_MIN + 1)];
        for (int biased = BIASED_MIN; biased <= BIASED_MAX; biased++) {
            int q = biased - Double.MAX_EXPONENT - FRACTION_BITS;
            int k = ShortestDecimal.floorLog10OfPowerOf2(q);
            BigInteger scaled = BigInteger.TEN.pow(Math.max(0, -k)).shiftLeft(124);
            scaled = (q < 0 ? scaled.shiftRight(-q) : scaled.shiftLeft(q)).divide(BigInteger.TEN.pow(Math.max(0, k)));
            int at = 3 * (biased - BIASED_MIN);
            scales[at] = scaled.shiftRight(64).longValue();
            scales[at + 1] = scaled.longValue();
            scales[at + 2] = k;
        }
        return scales;
    }

    /// Writes the shortest digits that read back as the same double.
    ///
    /// @param value no integer, from [#MIN] to below [#MAX]
    /// @return the position behind the text, or -1 if this class cannot tell
    static int write(double value, byte[] target, int position) {
        long bits = Double.doubleToRawLongBits(value);
        long fraction = bits & HIDDEN_BIT - 1;
        int at = 3 * ((int) (bits >>> FRACTION_BITS) - BIASED_MIN);
        long scale = SCALES[at];
        long c = (fraction | HIDDEN_BIT) << 4;
        long lower = Math.unsignedMultiplyHigh(c, SCALES[at + 1]);
        long behind = c * scale + lower;
        long whole = Math.unsignedMultiplyHigh(c, scale) + (Long.compareUnsigned(behind, lower) < 0 ? 1 : 0);
        long tens = whole / 10;
        long last = whole - 10 * tens;
        long down = (last << REST_BITS | behind >>> 64 - REST_BITS) - (scale >>> 2);
        long up = TEN - down - 2 * (scale >>> 2);
        // a power of two has its lower neighbour at half the distance
        if (isDoubtful(down) || isDoubtful(up) || isDoubtful(behind ^ Long.MIN_VALUE) || fraction == 0) {
            return -1;
        }
        // without the last digit, or with it: then 9 is never rounded to 10, which would be near enough
        last = last + (behind >>> 63) & ~((down | up) >> 63);
        long upper = tens / TEN_8;
        long middle = tens - TEN_8 * upper - (up >> 63);
        return middle < TEN_8 ? text(upper, (int) middle, last, (int) SCALES[at + 2], target, position) : -1;
    }

    private static boolean isDoubtful(long difference) {
        return difference + DOUBT >= 0 && difference - DOUBT <= 0;
    }

    /// Writes digits without zeros at the end and with a point.
    ///
    /// @param upper  seven or eight digits
    /// @param middle the next eight
    /// @param last   the last one
    private static int text(long upper, int middle, long last, int exponent, byte[] target, int position) {
        long firstDigits = DecimalDigits.spread((int) upper);
        long nextDigits = DecimalDigits.spread(middle);
        // bits of the zero before seven digits
        int skipped = (int) (upper - TEN_7 >> 63) & 8;
        int count = DIGITS - (skipped >>> 3);
        int zeros = nextDigits != 0
                ? Long.numberOfLeadingZeros(nextDigits) >>> 3
                : 8 + (Long.numberOfLeadingZeros(firstDigits) >>> 3);
        int length = count - (zeros + 1 & (int) (last - 1 >> 63));
        firstDigits += ZEROS;
        nextDigits += ZEROS;
        last += '0';
        long first = firstDigits >>> skipped | nextDigits << 1 << 63 - skipped;
        long second = nextDigits >>> skipped | last << 1 << 63 - skipped;
        long third = last >>> skipped;
        int point = count + exponent;
        if (point <= 0) {
            DecimalDigits.LONG.set(target, position, ZERO_POINT);
            int at = position + 2 - point;
            DecimalDigits.LONG.set(target, at, first);
            DecimalDigits.LONG.set(target, at + 8, second);
            target[at + 16] = (byte) third;
            return at + length;
        }
        if (point < Long.BYTES) {
            DecimalDigits.LONG.set(target, position, withPoint(first, point));
            DecimalDigits.LONG.set(target, position + 8, second << 8 | first >>> 56);
        } else {
            DecimalDigits.LONG.set(target, position, first);
            DecimalDigits.LONG.set(target, position + 8, withPoint(second, point - 8));
        }
        DecimalDigits.LONG.set(target, position + 16, third << 8 | second >>> 56);
        return position + 1 + length;
    }

    /// The first eight of nine characters: the digits with a point among them.
    private static long withPoint(long digits, int point) {
        int bits = point << 3;
        long before = (1L << bits) - 1;
        return digits & before | (long) '.' << bits | (digits & ~before) << 8;
    }
}
