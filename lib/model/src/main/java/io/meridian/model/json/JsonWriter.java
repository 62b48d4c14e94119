package io.meridian.model.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes plain values as Go's `encoding/json` does: `<`, `>`, `&`, U+2028 and U+2029 escaped, compact or indented
/// by one tab a level.
public final class JsonWriter {
    private JsonWriter() {}

    public static String compact(@Nullable Object value) {
        var out = new StringBuilder();
        write(out, value, -1);
        return out.toString();
    }

    /// Indented by tabs, without a final newline.
    public static String indented(@Nullable Object value) {
        var out = new StringBuilder();
        write(out, value, 0);
        return out.toString();
    }

    private static void write(StringBuilder out, @Nullable Object value, int level) {
        switch (value) {
            case null -> out.append("null");
            case String string -> appendString(out, string);
            case Map<?, ?> map -> {
                int count = 0;
                out.append('{');
                for (var entry : map.entrySet()) {
                    separate(out, count++, level);
                    appendString(out, String.valueOf(entry.getKey()));
                    out.append(level < 0 ? ":" : ": ");
                    write(out, entry.getValue(), level < 0 ? -1 : level + 1);
                }
                close(out, count, level, '}');
            }
            case List<?> list -> {
                int count = 0;
                out.append('[');
                for (Object element : list) {
                    separate(out, count++, level);
                    write(out, element, level < 0 ? -1 : level + 1);
                }
                close(out, count, level, ']');
            }
            case Number number -> out.append(number);
            case Boolean bool -> out.append(bool);
            default -> throw new IllegalArgumentException("no JSON form: " + value.getClass());
        }
    }

    private static void separate(StringBuilder out, int count, int level) {
        if (count > 0) {
            out.append(',');
        }
        if (level >= 0) {
            out.append('\n').repeat("\t", level + 1);
        }
    }

    private static void close(StringBuilder out, int count, int level, char bracket) {
        if (level >= 0 && count > 0) {
            out.append('\n').repeat("\t", level);
        }
        out.append(bracket);
    }

    /// Appends the text quoted and escaped.
    public static void appendString(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
