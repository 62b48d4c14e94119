package io.meridian.model;

/// Go's `strconv.Quote`, in which Prometheus prints every string it shows.
public final class GoQuote {
    private static final String HEX = "0123456789abcdef";

    private GoQuote() {}

    /// The text in double quotes with Go's escapes. Bytes that are not UTF-8 (see [Utf8]) come out as `\xff`.
    public static String quote(String text) {
        var out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            appendEscaped(out, point);
        }
        return out.append('"').toString();
    }

    private static void appendEscaped(StringBuilder out, int point) {
        switch (point) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case 0x07 -> out.append("\\a");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case 0x0B -> out.append("\\v");
            default -> {
                if (point >= 0xDC80 && point <= 0xDCFF) {
                    hex(out.append("\\x"), point & 0xFF, 2);
                } else if (isPrintable(point)) {
                    out.appendCodePoint(point);
                } else if (point < 0x20 || point == 0x7F) {
                    hex(out.append("\\x"), point, 2);
                } else if (point < 0x10000) {
                    hex(out.append("\\u"), point, 4);
                } else {
                    hex(out.append("\\U"), point, 8);
                }
            }
        }
    }

    private static void hex(StringBuilder out, int value, int digits) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            out.append(HEX.charAt((value >> shift) & 0xF));
        }
    }

    /// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII blank.
    private static boolean isPrintable(int point) {
        if (point < 0x7F) {
            return point >= 0x20;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    /// The name as it is if it is a plain identifier, else quoted.
    public static String labelName(String name) {
        return isIdentifier(name) ? name : quote(name);
    }

    private static boolean isIdentifier(String name) {
        if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_')) {
                return false;
            }
        }
        return true;
    }
}
