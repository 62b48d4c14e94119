package io.meridian.querier.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Decimal digits of integers, eight at a time.
final class DecimalDigits {
    /// Writing may touch so many bytes behind the last digit.
    static final int SLACK = 8;

    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ZEROS = 0x3030303030303030L;
    private static final long EIGHT_DIGITS = 100_000_000L;

    private static final long[] POWERS = powers();

    private DecimalDigits() {}

    private static long[] powers() {
        long[] powers = new long[19];
        powers[0] = 1;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = 10 * powers[i - 1];
        }
        return powers;
    }

    /// Eight digits, one in each byte, the first in the lowest.
    static long spread(int value) {
        int upper = value / 10_000;
        long fours = upper | (long) (value - 10_000 * upper) << 32;
        long hundreds = fours * 10_486 >>> 20 & 0x7F_0000_007FL;
        long pairs = hundreds + (fours - 100 * hundreds << 16);
        long tens = pairs * 103 >>> 10 & 0xF_000F_000F_000FL;
        return tens + (pairs - 10 * tens << 8);
    }

    /// Writes the digits without zeros before them.
    ///
    /// @param value not negative
    /// @return the position behind them
    static int write(long value, byte[] target, int position) {
        if (value < EIGHT_DIGITS) {
            return head((int) value, target, position);
        }
        long upper = value / EIGHT_DIGITS;
        int lower = (int) (value - upper * EIGHT_DIGITS);
        int at;
        if (upper < EIGHT_DIGITS) {
            at = head((int) upper, target, position);
        } else {
            long top = upper / EIGHT_DIGITS;
            at = head((int) top, target, position);
            LONG.set(target, at, spread((int) (upper - top * EIGHT_DIGITS)) + ZEROS);
            at += 8;
        }
        LONG.set(target, at, spread(lower) + ZEROS);
        return at + 8;
    }

    /// Up to eight digits.
    private static int head(int value, byte[] target, int position) {
        long digits = spread(value);
        int zeros = Long.numberOfTrailingZeros(digits | 1L << 56) >>> 3;
        LONG.set(target, position, digits + ZEROS >>> 8 * zeros);
        return position + 8 - zeros;
    }

    /// How many digits the value has.
    static int count(long value) {
        int about = (Long.SIZE - Long.numberOfLeadingZeros(value | 1)) * 1233 >>> 12;
        return value < POWERS[about] ? about : about + 1;
    }

    /// The value without the zeros at its end, up to 16 of them, and their number in the upper byte.
    ///
    /// @param value below 10^17 and a multiple of ten
    static long withoutZeros(long value) {
        long rest = value / 10;
        int zeros = 1;
        if (rest % 10 != 0) {
            return 1L << 56 | rest;
        }
        // the divisors are constants, so that nothing is divided
        if (rest % EIGHT_DIGITS == 0) {
            rest /= EIGHT_DIGITS;
            zeros += 8;
        }
        if (rest % 10_000 == 0) {
            rest /= 10_000;
            zeros += 4;
        }
        if (rest % 100 == 0) {
            rest /= 100;
            zeros += 2;
        }
        if (rest % 10 == 0) {
            rest /= 10;
            zeros++;
        }
        return (long) zeros << 56 | rest;
    }
}
