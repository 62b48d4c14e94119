package io.meridian.promql.exec;

import java.math.BigInteger;

/// Angles too large for a subtraction of multiples of pi: their fraction of an eighth of the circle from a long product
/// with 4/pi (Payne and Hanek).
///
/// @param octant the eighth of the circle, odd ones counted to the next; 0 to 7
/// @param rest the angle behind it, −pi/4 to pi/4
record LargeAngle(long octant, double rest) {
    private static final int FRACTION_BITS = 1_280;
    private static final int MANTISSA_BITS = 53;
    private static final BigInteger FOUR_BY_PI =
            BigInteger.ONE.shiftLeft(2 * FRACTION_BITS + 2).divide(pi(FRACTION_BITS));

    /// @param a positive and finite, 2^29 or more
    static LargeAngle of(double a) {
        int exponent = Math.getExponent(a) - (MANTISSA_BITS - 1);
        long mantissa = Double.doubleToRawLongBits(a) & (1L << MANTISSA_BITS - 1) - 1 | 1L << MANTISSA_BITS - 1;
        int pointAt = FRACTION_BITS - exponent;
        BigInteger product = FOUR_BY_PI.multiply(BigInteger.valueOf(mantissa));
        long octant = product.shiftRight(pointAt).longValue() & 7;
        BigInteger fraction = product.and(BigInteger.ONE.shiftLeft(pointAt).subtract(BigInteger.ONE));
        double eighths = fraction(
                fraction.shiftRight(pointAt - 64).longValue(),
                fraction.shiftRight(pointAt - 61 - 64).longValue());
        if ((octant & 1) == 1) {
            octant = octant + 1 & 7;
            eighths--;
        }
        return new LargeAngle(octant, eighths * (Math.PI / 4));
    }

    /// The fraction as Go puts it together: after the first 64 bits come those from the 62nd on, so three of them
    /// twice.
    private static double fraction(long first, long more) {
        int leading = Long.numberOfLeadingZeros(first) + 1;
        long mantissa = first << leading | more >>> (Long.SIZE - leading);
        return Math.scalb(1 + (mantissa >>> (Long.SIZE - MANTISSA_BITS + 1)) * 0x1p-52, -leading);
    }

    /// Pi times 2^bits, by Machin's formula.
    private static BigInteger pi(int bits) {
        int guard = 32;
        BigInteger one = BigInteger.ONE.shiftLeft(bits + guard);
        BigInteger quarter = inverseArcTangent(one, 5).shiftLeft(2).subtract(inverseArcTangent(one, 239));
        return quarter.shiftLeft(2).shiftRight(guard);
    }

    private static BigInteger inverseArcTangent(BigInteger one, int inverse) {
        BigInteger square = BigInteger.valueOf((long) inverse * inverse);
        BigInteger power = one.divide(BigInteger.valueOf(inverse));
        BigInteger sum = power;
        for (int i = 3; power.signum() != 0; i += 2) {
            power = power.divide(square).negate();
            sum = sum.add(power.divide(BigInteger.valueOf(i)));
        }
        return sum;
    }
}
