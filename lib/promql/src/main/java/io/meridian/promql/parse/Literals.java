package io.meridian.promql.parse;

import io.meridian.model.GoQuote;
import io.meridian.model.Utf8;
import java.io.ByteArrayOutputStream;
import java.util.Locale;

/// Values of numbers and strings as written in a query.
public final class Literals {
    private Literals() {}

    /// The number: an integer with Go's base prefixes if it is one, else a decimal fraction.
    ///
    /// @throws IllegalArgumentException with Go's text if it is neither
    public static double number(String written) {
        if (written.endsWith("_")) {
            throw failed(written, "invalid syntax", null);
        }
        String text = written.replace("_", "");
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals("inf")) {
            return Double.POSITIVE_INFINITY;
        }
        if (lower.equals("nan")) {
            return Double.NaN;
        }
        try {
            if (lower.startsWith("0x")) {
                return Long.parseLong(text.substring(2), 16);
            }
            if (isOctal(text)) {
                return Long.parseLong(text, 8);
            }
        } catch (NumberFormatException e) {
            if (lower.startsWith("0x")) {
                throw failed(text, "invalid syntax", e);
            }
        }
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw failed(text, "invalid syntax", e);
        }
        if (Double.isInfinite(value)) {
            throw failed(text, "value out of range", null);
        }
        return value;
    }

    private static boolean isOctal(String text) {
        if (text.length() < 2 || text.charAt(0) != '0') {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '7') {
                return false;
            }
        }
        return true;
    }

    private static IllegalArgumentException failed(
            String text, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new IllegalArgumentException(
                "error parsing number: strconv.ParseFloat: parsing " + GoQuote.quote(text) + ": " + why, cause);
    }

    /// The value of a string token, quotes included; its escapes are known to be right.
    public static String string(String token) {
        String body = token.substring(1, token.length() - 1);
        if (token.charAt(0) == '`' || body.indexOf('\\') < 0) {
            return body;
        }
        byte[] text = Utf8.encode(body);
        var out = new ByteArrayOutputStream(text.length);
        int i = 0;
        while (i < text.length) {
            if (text[i] != '\\') {
                out.write(text[i++]);
                continue;
            }
            int kind = text[i + 1];
            i += 2;
            switch (kind) {
                case 'a' -> out.write(0x07);
                case 'b' -> out.write('\b');
                case 'f' -> out.write('\f');
                case 'n' -> out.write('\n');
                case 'r' -> out.write('\r');
                case 't' -> out.write('\t');
                case 'v' -> out.write(0x0B);
                case 'x' -> {
                    out.write(value(text, i, 2, 16));
                    i += 2;
                }
                case 'u' -> {
                    out.writeBytes(Utf8.encode(Character.toString(value(text, i, 4, 16))));
                    i += 4;
                }
                case 'U' -> {
                    out.writeBytes(Utf8.encode(Character.toString(value(text, i, 8, 16))));
                    i += 8;
                }
                default -> {
                    if (Runes.isDigit(kind)) {
                        out.write(value(text, i - 1, 3, 8));
                        i += 2;
                    } else {
                        out.write(kind);
                    }
                }
            }
        }
        return Utf8.decode(out.toByteArray(), 0, out.size());
    }

    private static int value(byte[] text, int offset, int digits, int base) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            value = value * base + Character.digit(text[offset + i], base);
        }
        return value;
    }
}
