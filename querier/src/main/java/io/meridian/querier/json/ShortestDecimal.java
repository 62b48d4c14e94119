package io.meridian.querier.json;

import java.math.BigInteger;

/// The decimal with the fewest digits that reads back as the same double, and of those the nearest
/// (R. Giulietti, "The Schubfach way to render doubles").
///
/// A finite positive double is `c · 2^q`. All decimals that round to it lie between the middles to its neighbours; with
/// `k = floor(log10 of that interval's length)`, at most two multiples of `10^k` next to the double, and at most two of
/// `10^(k+1)`, need to be looked at. They are compared in integers scaled by `4 · 10^-k`.
final class ShortestDecimal {
    private static final int FRACTION_BITS = 52;
    private static final int EXPONENT_MIN = -1074;
    private static final long HIDDEN_BIT = 1L << FRACTION_BITS;
    private static final long LOW_63 = Long.MAX_VALUE;

    /// Powers of ten with 126 significant bits, rounded up, as two halves of 63 bits.
    private static final int POWER_MIN = -292;
    private static final int POWER_MAX = 324;

    private static final long[] POWERS = powers();

    private ShortestDecimal() {}

    private static long[] powers() {
        long[] table = new long[2 * (POWER_MAX - POWER_MIN + 1)];
        for (int n = POWER_MIN; n <= POWER_MAX; n++) {
            BigInteger power = BigInteger.TEN.pow(Math.abs(n));
            int shift = 125 - floorLog2OfPowerOf10(n);
            BigInteger scaled;
            if (n < 0) {
                scaled = BigInteger.ONE.shiftLeft(shift).divide(power);
            } else {
                scaled = shift >= 0 ? power.shiftLeft(shift) : power.shiftRight(-shift);
            }
            scaled = scaled.add(BigInteger.ONE);
            table[2 * (n - POWER_MIN)] = scaled.shiftRight(63).longValueExact();
            table[2 * (n - POWER_MIN) + 1] = scaled.longValue() & LOW_63;
        }
        return table;
    }

    /// floor(log10(2^e))
    static int floorLog10OfPowerOf2(int e) {
        return (int) (e * 661_971_961_083L >> 41);
    }

    /// floor(log10(3/4 · 2^e))
    private static int floorLog10OfThreeQuarters(int e) {
        return (int) (e * 661_971_961_083L - 274_743_187_321L >> 41);
    }

    /// floor(log2(10^n))
    private static int floorLog2OfPowerOf10(int n) {
        return (int) (n * 913_124_641_741L >> 38);
    }

    /// Decimal exponent `k` of [#digits].
    static int exponent(double value) {
        long bits = Double.doubleToRawLongBits(value);
        long fraction = bits & HIDDEN_BIT - 1;
        int biased = (int) (bits >>> FRACTION_BITS) & 0x7FF;
        int q = Math.max(biased, 1) + EXPONENT_MIN - 1;
        return fraction == 0 && biased > 1 ? floorLog10OfThreeQuarters(q) : floorLog10OfPowerOf2(q);
    }

    /// The digits `d` of the decimal `d · 10^k`, with zeros at the end or not.
    ///
    /// @param value finite and above 0
    /// @param k     its [#exponent]
    static long digits(double value, int k) {
        long bits = Double.doubleToRawLongBits(value);
        long fraction = bits & HIDDEN_BIT - 1;
        int biased = (int) (bits >>> FRACTION_BITS) & 0x7FF;
        int q = Math.max(biased, 1) + EXPONENT_MIN - 1;
        long c = biased == 0 ? fraction : fraction | HIDDEN_BIT;
        // a power of two has its lower neighbour at half the distance
        long down = fraction == 0 && biased > 1 ? 1 : 2;
        // an even double owns the middles too
        long open = c & 1;
        int shift = q + floorLog2OfPowerOf10(-k) + 2;
        int index = 2 * (-k - POWER_MIN);
        long high = POWERS[index];
        long low = POWERS[index + 1];
        long middle = scaled(high, low, 4 * c << shift);
        long lower = scaled(high, low, 4 * c - down << shift) + open;
        long upper = scaled(high, low, 4 * c + 2 << shift) - open;
        long s = middle >> 2;
        if (s >= 10) {
            long tens = s / 10 * 10;
            boolean downFits = lower <= tens << 2;
            boolean upFits = tens + 10 << 2 <= upper;
            if (downFits != upFits) {
                return downFits ? tens : tens + 10;
            }
        }
        boolean downFits = lower <= s << 2;
        boolean upFits = s + 1 << 2 <= upper;
        if (downFits != upFits) {
            return downFits ? s : s + 1;
        }
        long middleOfBoth = 2 * s + 1 << 1;
        return middle < middleOfBoth || middle == middleOfBoth && (s & 1) == 0 ? s : s + 1;
    }

    /// The product's upper part; the lowest bit is set where anything was cut off.
    private static long scaled(long high, long low, long factor) {
        long rest = (high * factor >>> 1) + Math.multiplyHigh(low, factor);
        long whole = Math.multiplyHigh(high, factor) + (rest >>> 63);
        return whole | (rest & LOW_63) + LOW_63 >>> 63;
    }
}
