package io.meridian.querier.http;

import java.util.Locale;
import java.util.regex.Pattern;

/// Floats as Go's `strconv.ParseFloat` reads them, which differs from Java in hexadecimals, infinities and suffixes.
final class GoFloatText {
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern HEXADECIMAL =
            Pattern.compile("[+-]?0[xX](\\p{XDigit}+\\.?\\p{XDigit}*|\\.\\p{XDigit}+)[pP][+-]?\\d+");
    private static final Pattern SPECIAL = Pattern.compile("[+-]?(inf|infinity)|nan", Pattern.CASE_INSENSITIVE);

    private GoFloatText() {}

    static boolean isFloat(String text) {
        return DECIMAL.matcher(text).matches()
                || HEXADECIMAL.matcher(text).matches()
                || SPECIAL.matcher(text).matches();
    }

    /// The value of a text that [#isFloat]; infinite where it is too large.
    static double parse(String text) {
        if (!SPECIAL.matcher(text).matches()) {
            return Double.parseDouble(text);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals("nan")) {
            return Double.NaN;
        }
        return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    /// Whether digits were given for a number that is too large.
    static boolean isOutOfRange(String text, double value) {
        return Double.isInfinite(value) && !SPECIAL.matcher(text).matches();
    }
}
