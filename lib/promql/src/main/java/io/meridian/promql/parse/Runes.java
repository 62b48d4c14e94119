package io.meridian.promql.parse;

import io.meridian.model.GoQuote;
import io.meridian.model.Utf8;

/// Characters of UTF-8 text, and how Go prints one.
final class Runes {
    /// Behind the end of the text.
    static final int END = -1;

    /// What a byte that is not UTF-8 reads as.
    static final int INVALID = 0xFFFD;

    private Runes() {}

    /// The code point at a byte offset; [#INVALID] where the bytes are not UTF-8.
    static int at(byte[] text, int position) {
        if (position >= text.length) {
            return END;
        }
        int lead = text[position] & 0xFF;
        if (lead < 0x80) {
            return lead;
        }
        int size = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (size == 0 || position + size > text.length) {
            return INVALID;
        }
        String decoded = Utf8.decode(text, position, size);
        int point = decoded.codePointAt(0);
        boolean escaped = point >= 0xD800 && point < 0xE000;
        return escaped || Character.charCount(point) != decoded.length() ? INVALID : point;
    }

    /// How many bytes [#at] has read; 1 for an invalid byte.
    static int size(byte[] text, int position, int point) {
        if (point == INVALID && (text[position] & 0xFF) != 0xEF) {
            return 1;
        }
        return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }

    static boolean isSpace(int point) {
        return point == ' ' || point == '\t' || point == '\n' || point == '\r';
    }

    static boolean isDigit(int point) {
        return point >= '0' && point <= '9';
    }

    static boolean isLetter(int point) {
        return point >= 'a' && point <= 'z' || point >= 'A' && point <= 'Z' || point == '_';
    }

    static boolean isWordPart(int point) {
        return isLetter(point) || isDigit(point);
    }

    /// Go's `%q` of a rune: `'x'`.
    static String quote(int point) {
        return switch (point) {
            case END -> "'\uFFFD'";
            case '"' -> "'\"'";
            case '\'' -> "'\\''";
            default -> {
                String quoted = GoQuote.quote(Character.toString(point));
                yield "'" + quoted.substring(1, quoted.length() - 1) + "'";
            }
        };
    }

    /// Go's `%#U` of a rune: `U+0071 'q'`, without the character if it is not printable.
    static String unicode(int point) {
        if (point == END) {
            return "U+FFFFFFFFFFFFFFFF";
        }
        String text = Character.toString(point);
        String code = "U+%04X".formatted(point);
        boolean printable = point == '"' || point == '\\' || GoQuote.quote(text).equals('"' + text + '"');
        return printable ? code + " '" + text + "'" : code;
    }
}
