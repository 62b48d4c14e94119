package io.meridian.promql.parse;

import org.jspecify.annotations.Nullable;

/// Finds the end of a string and checks its escapes.
final class StringScanner {
    private final byte[] text;
    private final int quote;
    private int position;

    /// @param position behind the opening quote
    StringScanner(byte[] text, int position, int quote) {
        this.text = text;
        this.position = position;
        this.quote = quote;
    }

    /// Behind the closing quote.
    int end() {
        return position;
    }

    /// What is wrong, or null.
    @Nullable
    String scan() {
        while (true) {
            int point = advance();
            if (point == quote) {
                return null;
            }
            if (point == Runes.INVALID) {
                return "invalid UTF-8 rune";
            }
            if (quote == '`') {
                if (point == Runes.END) {
                    return "unterminated raw string";
                }
            } else if (point == Runes.END || point == '\n') {
                return "unterminated quoted string";
            } else if (point == '\\') {
                String problem = escape();
                if (problem != null) {
                    return problem;
                }
            }
        }
    }

    private @Nullable String escape() {
        int point = Runes.at(text, position);
        return switch (point) {
            case 'a', 'b', 'f', 'n', 'r', 't', 'v', '\\' -> {
                position++;
                yield null;
            }
            case '0', '1', '2', '3', '4', '5', '6', '7' -> digits(3, 8, 255);
            case 'x' -> {
                position++;
                yield digits(2, 16, 255);
            }
            case 'u' -> {
                position++;
                yield digits(4, 16, Character.MAX_CODE_POINT);
            }
            case 'U' -> {
                position++;
                yield digits(8, 16, Character.MAX_CODE_POINT);
            }
            case Runes.END -> "escape sequence not terminated";
            default -> {
                if (point == quote) {
                    position++;
                    yield null;
                }
                yield "unknown escape sequence " + Runes.unicode(point);
            }
        };
    }

    private @Nullable String digits(int count, int base, int max) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            int point = Runes.at(text, position);
            int digit = point >= 0 && point < 0x80 ? Character.digit(point, base) : -1;
            if (point == Runes.END) {
                return "escape sequence not terminated";
            }
            if (digit < 0) {
                return "illegal character " + Runes.unicode(point) + " in escape sequence";
            }
            value = value * base + digit;
            position++;
        }
        boolean surrogate = value >= 0xD800 && value < 0xE000;
        return value > max || surrogate ? "escape sequence is an invalid Unicode code point" : null;
    }

    private int advance() {
        int point = Runes.at(text, position);
        if (point != Runes.END) {
            position += Runes.size(text, position, point);
        }
        return point;
    }
}
