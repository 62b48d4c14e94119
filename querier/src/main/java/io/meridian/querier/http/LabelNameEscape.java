package io.meridian.querier.http;

/// Label names in paths, where clients escape what the classic names do not allow: `U__service_2e_name` is
/// `service.name`, and `__` is an underscore (Prometheus `model.UnescapeName`).
final class LabelNameEscape {
    private static final String PREFIX = "U__";
    private static final int DIGITS_MAX = 6;

    private LabelNameEscape() {}

    /// The name meant; the text itself where it is not an escaped name.
    static String decode(String text) {
        if (!text.startsWith(PREFIX)) {
            return text;
        }
        var name = new StringBuilder();
        for (int i = PREFIX.length(); i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '_') {
                name.append(c);
                continue;
            }
            if (i + 1 < text.length() && text.charAt(i + 1) == '_') {
                name.append('_');
                i++;
                continue;
            }
            int end = text.indexOf('_', i + 1);
            int point = end < 0 ? -1 : hexadecimal(text, i + 1, end);
            if (point < 0) {
                return text;
            }
            name.appendCodePoint(point);
            i = end;
        }
        return name.toString();
    }

    private static int hexadecimal(String text, int from, int to) {
        if (to == from || to - from > DIGITS_MAX) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = 16 * value + digit;
        }
        boolean scalar = Character.isValidCodePoint(value) && !(value >= 0xD800 && value <= 0xDFFF);
        return scalar ? value : -1;
    }
}
