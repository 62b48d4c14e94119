package io.meridian.querier.json;

/// Numbers as Go's `strconv` prints them with the fewest digits, straight into a byte array.
final class NumberText {
    static final int LONG_BYTES_MAX = 20;

    /// Below it, every long is a double and the other way round.
    private static final double EXACT_MAX = 0x1p53;
    /// A decimal with so many digits is the only one of its length within a double's rounding range.
    private static final double SAFE_DIGITS_MAX = 1e15;

    private static final double[] POWERS_OF_TEN = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

    private NumberText() {}

    /// Writes the digits, at most [#LONG_BYTES_MAX].
    ///
    /// @return the position behind them
    static int write(long value, byte[] target, int position) {
        if (value == Long.MIN_VALUE) {
            return ascii("-9223372036854775808", target, position);
        }
        int start = position;
        long rest = value;
        if (rest < 0) {
            target[start++] = '-';
            rest = -rest;
        }
        int end = start + digitCount(rest);
        for (int i = end - 1; i >= start; i--) {
            long quotient = rest / 10;
            target[i] = (byte) ('0' + (int) (rest - 10 * quotient));
            rest = quotient;
        }
        return end;
    }

    private static int digitCount(long value) {
        int count = 1;
        for (long bound = 10; count < 19 && value >= bound; bound *= 10) {
            count++;
        }
        return count;
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
        if (Double.isNaN(value)) {
            return ascii("NaN", target, position);
        }
        if (Double.isInfinite(value)) {
            return ascii(value > 0 ? "+Inf" : "-Inf", target, position);
        }
        int at = position;
        if (Double.doubleToRawLongBits(value) < 0) {
            target[at++] = '-';
        }
        double absolute = Math.abs(value);
        if (absolute < EXACT_MAX) {
            long whole = (long) absolute;
            if (whole == absolute) {
                return write(whole, target, at);
            }
            int end = writeShortDecimal(absolute, target, at);
            if (end > 0) {
                return end;
            }
        }
        return writeGeneral(absolute, exponents, target, at);
    }

    /// Numbers of few decimals, as most measurements are, without the general algorithm.
    ///
    /// @return the position behind them, or 0 if this is not such a number
    private static int writeShortDecimal(double value, byte[] target, int position) {
        if (value < 1e-5) {
            return 0;
        }
        for (int decimals = 1; decimals < POWERS_OF_TEN.length; decimals++) {
            double power = POWERS_OF_TEN[decimals];
            double scaled = Math.rint(value * power);
            if (scaled >= SAFE_DIGITS_MAX) {
                return 0;
            }
            if (scaled / power == value) {
                long digits = (long) scaled;
                long unit = (long) power;
                int at = write(digits / unit, target, position);
                return fraction(digits % unit, decimals, target, at);
            }
        }
        return 0;
    }

    private static int writeGeneral(double absolute, boolean exponents, byte[] target, int position) {
        String text = Double.toString(absolute);
        int mark = text.indexOf('E');
        int exponent = mark < 0 ? 0 : Integer.parseInt(text, mark + 1, text.length(), 10);
        var digits = new byte[text.length()];
        int count = 0;
        int point = exponent;
        boolean leading = true;
        boolean afterDot = false;
        for (int i = 0; i < (mark < 0 ? text.length() : mark); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                afterDot = true;
            } else if (leading && c == '0') {
                point -= afterDot ? 1 : 0;
            } else {
                leading = false;
                digits[count++] = (byte) c;
                point += afterDot ? 0 : 1;
            }
        }
        while (count > 1 && digits[count - 1] == '0') {
            count--;
        }
        if (count == 2) {
            // Java never gives fewer than two digits, though one may do: 4.9E-324 is 5e-324
            int one = (10 * (digits[0] - '0') + digits[1] - '0' + 5) / 10;
            if (one < 10 && Double.parseDouble(one + "E" + (point - 1)) == absolute) {
                digits[0] = (byte) ('0' + one);
                count = 1;
            } else if (one == 10 && Double.parseDouble("1E" + point) == absolute) {
                digits[0] = '1';
                count = 1;
                point++;
            }
        }
        return exponents && (absolute < 1e-6 || absolute >= 1e21)
                ? scientific(digits, count, point - 1, target, position)
                : plain(digits, count, point, target, position);
    }

    private static int scientific(byte[] digits, int count, int exponent, byte[] target, int position) {
        int at = position;
        target[at++] = digits[0];
        if (count > 1) {
            target[at++] = '.';
            System.arraycopy(digits, 1, target, at, count - 1);
            at += count - 1;
        }
        target[at++] = 'e';
        target[at++] = (byte) (exponent < 0 ? '-' : '+');
        int magnitude = Math.abs(exponent);
        if (magnitude < 10) {
            target[at++] = '0';
        }
        return write(magnitude, target, at);
    }

    /// @param point how many digits stand before the decimal point; negative: zeros after it
    private static int plain(byte[] digits, int count, int point, byte[] target, int position) {
        int at = position;
        if (point <= 0) {
            target[at++] = '0';
            target[at++] = '.';
            for (int i = point; i < 0; i++) {
                target[at++] = '0';
            }
            System.arraycopy(digits, 0, target, at, count);
            return at + count;
        }
        for (int i = 0; i < Math.max(point, count); i++) {
            if (i == point) {
                target[at++] = '.';
            }
            target[at++] = i < count ? digits[i] : (byte) '0';
        }
        return at;
    }

    private static int ascii(String text, byte[] target, int position) {
        for (int i = 0; i < text.length(); i++) {
            target[position + i] = (byte) text.charAt(i);
        }
        return position + text.length();
    }
}
