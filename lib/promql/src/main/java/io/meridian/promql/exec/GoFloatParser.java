package io.meridian.promql.exec;

import org.jspecify.annotations.Nullable;

/// Go's `strconv.ParseFloat`: decimal and hexadecimal, `Inf`, `infinity` and `NaN` in any case.
final class GoFloatParser {
    private GoFloatParser() {}

    /// Null if the text is not a float, or out of range.
    static @Nullable Double parse(String text) {
        String body = text;
        boolean negative = false;
        if (body.startsWith("+") || body.startsWith("-")) {
            negative = body.charAt(0) == '-';
            body = body.substring(1);
        }
        if (body.equalsIgnoreCase("inf") || body.equalsIgnoreCase("infinity")) {
            return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (text.equalsIgnoreCase("nan")) {
            return Double.NaN;
        }
        if (body.isEmpty() || !(body.charAt(0) == '.' || Character.isDigit(body.charAt(0)))) {
            return null;
        }
        for (int i = 0; i < body.length(); i++) {
            char c = body.charAt(i);
            if (c > 0x7F || c <= ' ') {
                return null;
            }
        }
        boolean hexadecimal = body.startsWith("0x") || body.startsWith("0X");
        char last = body.charAt(body.length() - 1);
        // Java takes type suffixes, which Go does not.
        if (!hexadecimal && (last == 'd' || last == 'D' || last == 'f' || last == 'F')
                || hexadecimal && body.indexOf('p') < 0 && body.indexOf('P') < 0
                || hexadecimal && !Character.isDigit(last)) {
            return null;
        }
        try {
            double value = Double.parseDouble(body);
            if (Double.isInfinite(value)) {
                return null;
            }
            return negative ? -value : value;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }
}
