package io.meridian.model;

/// Go's shortest text of a float: the digits that Prometheus prints.
public final class GoFloat {
    private GoFloat() {}

    /// As `%g` and `strconv.FormatFloat(value, 'g', -1, 64)`: `1e+06`, `100000`, `0.0001`, `1e-05`, `+Inf`, `NaN`.
    public static String general(double value) {
        if (!Double.isFinite(value)) {
            return special(value);
        }
        var decimal = Decimal.of(value);
        int exponent = decimal.point - 1;
        return exponent < -4 || exponent >= 6 ? decimal.scientific() : decimal.plain();
    }

    /// As `strconv.FormatFloat(value, 'f', -1, 64)`: never an exponent.
    public static String fixed(double value) {
        return Double.isFinite(value) ? Decimal.of(value).plain() : special(value);
    }

    /// Room that [#writeJson] may need.
    public static final int JSON_BYTES_MAX = 32;

    /// Ten to the power of the index; exact, so that dividing by it rounds once.
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    /// Decimals of up to 15 digits are told apart by doubles, so one that reads as the value is its shortest.
    private static final int UNIQUE_DIGITS = 15;

    /// Writes the value as Prometheus does in JSON: without exponent from 1e-06 up to, not including, 1e+21.
    ///
    /// @param target has room for [#JSON_BYTES_MAX] bytes behind the offset
    /// @return the offset behind the text, which is ASCII and not quoted
    public static int writeJson(double value, byte[] target, int offset) {
        double absolute = Math.abs(value);
        int at = offset;
        if (Double.doubleToRawLongBits(value) < 0 && absolute <= Double.MAX_VALUE) {
            target[at++] = '-';
        }
        if (absolute < 1e15) {
            long whole = (long) absolute;
            if (whole == absolute) {
                return writeDigits(whole, target, at);
            }
            int decimals = UNIQUE_DIGITS - digitCount(whole);
            double scaled = Math.rint(absolute * POWERS[decimals]);
            if (scaled < 1e15 && scaled / POWERS[decimals] == absolute && absolute >= 1e-6) {
                return writeDecimal((long) scaled, decimals, target, at);
            }
        }
        String text;
        if (absolute >= 1e-3 && absolute < 1e7) {
            text = Double.toString(absolute);
        } else if (Double.isFinite(value)) {
            var decimal = Decimal.of(absolute);
            text = absolute < 1e-6 || absolute >= 1e21 ? decimal.scientific() : decimal.plain();
        } else {
            text = special(value);
        }
        for (int i = 0; i < text.length(); i++) {
            target[at++] = (byte) text.charAt(i);
        }
        return at;
    }

    private static int digitCount(long value) {
        int count = 0;
        for (long rest = value; rest > 0; rest /= 10) {
            count++;
        }
        return count;
    }

    private static int writeDigits(long value, byte[] target, int offset) {
        int end = offset + Math.max(1, digitCount(value));
        int at = end;
        long rest = value;
        do {
            target[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        return end;
    }

    private static int writeDecimal(long scaled, int decimals, byte[] target, int offset) {
        long power = (long) POWERS[decimals];
        int at = writeDigits(scaled / power, target, offset);
        target[at] = '.';
        long fraction = scaled % power;
        for (int i = decimals; i > 0; i--) {
            target[at + i] = (byte) ('0' + fraction % 10);
            fraction /= 10;
        }
        at += decimals;
        while (target[at] == '0') {
            at--;
        }
        return at + 1;
    }

    private static String special(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        return value > 0 ? "+Inf" : "-Inf";
    }

    /// The value is 0.DIGITS times 10 to the power of `point`.
    private record Decimal(boolean negative, String digits, int point) {
        static Decimal of(double value) {
            boolean negative = Double.doubleToRawLongBits(value) < 0;
            double absolute = Math.abs(value);
            if (absolute == 0) {
                return new Decimal(negative, "0", 1);
            }
            String text = Double.toString(absolute);
            int mark = text.indexOf('E');
            String mantissa = mark < 0 ? text : text.substring(0, mark);
            int exponent = mark < 0 ? 0 : Integer.parseInt(text, mark + 1, text.length(), 10);
            int dot = mantissa.indexOf('.');
            String all = mantissa.substring(0, dot) + mantissa.substring(dot + 1);
            int first = 0;
            while (all.charAt(first) == '0') {
                first++;
            }
            int last = all.length();
            while (all.charAt(last - 1) == '0') {
                last--;
            }
            String digits = all.substring(first, last);
            int point = dot - first + exponent;
            return new Decimal(negative, digits, point).shortened(absolute);
        }

        /// Java gives two digits where one would do.
        private Decimal shortened(double absolute) {
            if (digits.length() != 2) {
                return this;
            }
            int rounded = (Integer.parseInt(digits) + 5) / 10;
            if (rounded == 10) {
                boolean same = Double.parseDouble("1E" + point) == absolute;
                return same ? new Decimal(negative, "1", point + 1) : this;
            }
            if (Double.parseDouble("0." + rounded + "E" + point) != absolute) {
                return this;
            }
            return new Decimal(negative, String.valueOf(rounded), point);
        }

        String scientific() {
            var out = new StringBuilder(24);
            if (negative) {
                out.append('-');
            }
            out.append(digits.charAt(0));
            if (digits.length() > 1) {
                out.append('.').append(digits, 1, digits.length());
            }
            int exponent = point - 1;
            out.append('e').append(exponent < 0 ? '-' : '+');
            int absolute = Math.abs(exponent);
            if (absolute < 10) {
                out.append('0');
            }
            return out.append(absolute).toString();
        }

        String plain() {
            var out = new StringBuilder(24);
            if (negative) {
                out.append('-');
            }
            if (point <= 0) {
                return out.append("0.").repeat('0', -point).append(digits).toString();
            }
            if (point >= digits.length()) {
                return out.append(digits).repeat('0', point - digits.length()).toString();
            }
            return out.append(digits, 0, point)
                    .append('.')
                    .append(digits, point, digits.length())
                    .toString();
        }
    }
}
