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
            if (Double.parseDouble("0." + rounded + "E" + point) != absolute || rounded == 10) {
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
