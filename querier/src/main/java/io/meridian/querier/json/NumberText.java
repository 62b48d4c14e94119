package io.meridian.querier.json;

/// Numbers as Go's `strconv` prints them with the fewest digits, straight into a byte array. What is touched behind the
/// text is undefined, at most [DecimalDigits#SLACK] bytes.
final class NumberText {
    static final int LONG_BYTES_MAX = 20 + DecimalDigits.SLACK;

    /// Below it, every long is a double and the other way round.
    private static final long EXACT_MAX = 1L << 53;

    /// Bytes that a number's text and what is touched behind it take at most, if exponents are used.
    static final int BYTES_MAX = 40;

    private NumberText() {}

    /// Writes the digits, at most [#LONG_BYTES_MAX].
    ///
    /// @return the position behind them
    static int write(long value, byte[] target, int position) {
        if (value == Long.MIN_VALUE) {
            return ascii("-9223372036854775808", target, position);
        }
        if (value < 0) {
            target[position] = '-';
            return DecimalDigits.write(-value, target, position + 1);
        }
        return DecimalDigits.write(value, target, position);
    }

    static int writeTime(long timeMs, byte[] target, int position) {
        int at = position;
        long rest = timeMs;
        if (rest < 0) {
            target[at++] = '-';
            rest = -rest;
        }
        at = write(rest / 1000, target, at);
        int fraction = (int) (rest % 1000);
        return fraction == 0 ? at : fraction(fraction, 3, target, at);
    }

    private static int fraction(long digits, int count, byte[] target, int position) {
        target[position] = '.';
        long rest = digits;
        for (int i = count; i > 0; i--) {
            target[position + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return position + 1 + count;
    }

    /// Writes the shortest digits that read back as the same double.
    ///
    /// @param exponents whether numbers below 1e-6 and from 1e21 on get an exponent
    /// @return the position behind them
    static int write(double value, boolean exponents, byte[] target, int position) {
        long whole = (long) value;
        if (whole == value && whole < EXACT_MAX && whole > -EXACT_MAX && (whole != 0 || 1 / value > 0)) {
            return write(whole, target, position);
        }
        int at = position;
        if (value < 0) {
            target[at++] = '-';
        }
        double absolute = Math.abs(value);
        if (absolute >= FractionText.MIN && absolute < FractionText.MAX) {
            int end = FractionText.write(absolute, target, at);
            if (end >= 0) {
                return end;
            }
        }
        return rare(value, exponents, target, position);
    }

    private static int rare(double value, boolean exponents, byte[] target, int position) {
        if (Double.isNaN(value)) {
            return ascii("NaN", target, position);
        }
        if (Double.isInfinite(value)) {
            return ascii(value > 0 ? "+Inf" : "-Inf", target, position);
        }
        if (value == 0) {
            return ascii("-0", target, position);
        }
        int at = position;
        if (value < 0) {
            target[at++] = '-';
        }
        return general(Math.abs(value), exponents, target, at);
    }

    /// Any finite number above 0.
    static int general(double absolute, boolean exponents, byte[] target, int position) {
        int exponent = ShortestDecimal.exponent(absolute);
        long digits = ShortestDecimal.digits(absolute, exponent);
        if (digits % 10 == 0) {
            long shorter = DecimalDigits.withoutZeros(digits);
            exponent += (int) (shorter >>> 56);
            digits = shorter & (1L << 56) - 1;
        }
        return exponents && (absolute < 1e-6 || absolute >= 1e21)
                ? scientific(digits, exponent, target, position)
                : plain(digits, exponent, target, position);
    }

    /// `d.ddde-07`
    private static int scientific(long digits, int exponent, byte[] target, int position) {
        int end = DecimalDigits.write(digits, target, position + 1);
        int count = end - position - 1;
        int at = position + 1;
        target[position] = target[at];
        if (count > 1) {
            target[at] = '.';
            at = end;
        }
        int power = exponent + count - 1;
        target[at++] = 'e';
        target[at++] = (byte) (power < 0 ? '-' : '+');
        int magnitude = Math.abs(power);
        if (magnitude < 10) {
            target[at++] = '0';
        }
        return DecimalDigits.write(magnitude, target, at);
    }

    private static int plain(long digits, int exponent, byte[] target, int position) {
        if (exponent >= 0) {
            int at = DecimalDigits.write(digits, target, position);
            for (int i = 0; i < exponent; i++) {
                target[at++] = '0';
            }
            return at;
        }
        // how many digits stand before the decimal point
        int point = DecimalDigits.count(digits) + exponent;
        if (point > 0) {
            int end = DecimalDigits.write(digits, target, position + 1);
            if (point < Long.BYTES) {
                // the digits before the point, one place to the left, and the point, in one store
                int bits = point << 3;
                long before = (1L << bits) - 1;
                long moved = (long) DecimalDigits.LONG.get(target, position + 1) & before | (long) '.' << bits;
                long kept = (long) DecimalDigits.LONG.get(target, position) & -256L << bits;
                DecimalDigits.LONG.set(target, position, moved | kept);
                return end;
            }
            System.arraycopy(target, position + 1, target, position, point);
            target[position + point] = '.';
            return end;
        }
        int at = position;
        target[at++] = '0';
        target[at++] = '.';
        for (int i = point; i < 0; i++) {
            target[at++] = '0';
        }
        return DecimalDigits.write(digits, target, at);
    }

    private static int ascii(String text, byte[] target, int position) {
        for (int i = 0; i < text.length(); i++) {
            target[position + i] = (byte) text.charAt(i);
        }
        return position + text.length();
    }
}
