package io.meridian.model.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads JSON (RFC 8259) into plain values: `Map`, `List`, `String`, `Long` or `Double`, `Boolean`, null.
///
/// Limits: [#DEPTH_MAX] levels; the text's own length bounds the rest.
public final class Json {
    private static final int DEPTH_MAX = 200;

    private final String text;
    private int position;

    private Json(String text) {
        this.text = text;
    }

    /// @throws JsonException if the text is not one JSON value; the message names the byte
    public static @Nullable Object parse(byte[] utf8) {
        return parse(new String(utf8, StandardCharsets.UTF_8));
    }

    /// @throws JsonException if the text is not one JSON value; the message names the place
    public static @Nullable Object parse(String text) {
        var json = new Json(text);
        json.skipBlanks();
        Object value = json.value(0);
        json.skipBlanks();
        if (json.position < text.length()) {
            throw json.error("unexpected text after the value");
        }
        return value;
    }

    /// As [#parse(String)], for a text that must be an object.
    public static Map<String, @Nullable Object> parseObject(String text) {
        return asObject(parse(text), "document");
    }

    /// @throws JsonException if the value is not an object; `what` names it
    @SuppressWarnings("unchecked")
    public static Map<String, @Nullable Object> asObject(@Nullable Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new JsonException(what + ": expected an object, got " + kind(value));
    }

    /// @throws JsonException if the value is not an array; `what` names it
    @SuppressWarnings("unchecked")
    public static List<@Nullable Object> asArray(@Nullable Object value, String what) {
        if (value instanceof List<?> list) {
            return (List<@Nullable Object>) list;
        }
        throw new JsonException(what + ": expected an array, got " + kind(value));
    }

    /// @throws JsonException if the value is not a string; `what` names it
    public static String asString(@Nullable Object value, String what) {
        if (value instanceof String string) {
            return string;
        }
        throw new JsonException(what + ": expected a string, got " + kind(value));
    }

    /// @throws JsonException if the value is not an integer that fits; `what` names it
    public static long asLong(@Nullable Object value, String what) {
        if (value instanceof Long number) {
            return number;
        }
        throw new JsonException(what + ": expected an integer, got " + kind(value));
    }

    private static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> _ -> "an object";
            case List<?> _ -> "an array";
            case String _ -> "a string";
            case Boolean _ -> "a boolean";
            default -> "the number " + value;
        };
    }

    private @Nullable Object value(int depth) {
        if (depth > DEPTH_MAX) {
            throw error("nested deeper than " + DEPTH_MAX + " levels");
        }
        char c = peek();
        return switch (c) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object(int depth) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        position++;
        skipBlanks();
        if (peek() == '}') {
            position++;
            return map;
        }
        while (true) {
            skipBlanks();
            if (peek() != '"') {
                throw error("expected a key");
            }
            String key = string();
            skipBlanks();
            expect(':');
            skipBlanks();
            map.put(key, value(depth + 1));
            skipBlanks();
            if (peek() == '}') {
                position++;
                return map;
            }
            expect(',');
        }
    }

    private List<@Nullable Object> array(int depth) {
        var list = new ArrayList<@Nullable Object>();
        position++;
        skipBlanks();
        if (peek() == ']') {
            position++;
            return list;
        }
        while (true) {
            skipBlanks();
            list.add(value(depth + 1));
            skipBlanks();
            if (peek() == ']') {
                position++;
                return list;
            }
            expect(',');
        }
    }

    private String string() {
        position++;
        int start = position;
        StringBuilder out = null;
        while (true) {
            char c = peek();
            if (c == '"') {
                String tail = text.substring(start, position++);
                return out == null ? tail : out.append(tail).toString();
            }
            if (c < 0x20) {
                throw error("control character in a string");
            }
            if (c == '\\') {
                out = out == null ? new StringBuilder() : out;
                out.append(text, start, position);
                position++;
                out.append(escaped());
                start = position;
            } else {
                position++;
            }
        }
    }

    private char escaped() {
        char c = peek();
        position++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (position + 4 > text.length()) {
                    throw error("unexpected end");
                }
                int value = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(text.charAt(position++), 16);
                    if (digit < 0) {
                        throw error("bad \\u escape");
                    }
                    value = value * 16 + digit;
                }
                yield (char) value;
            }
            default -> throw error("bad escape");
        };
    }

    private Object number() {
        int start = position;
        boolean integer = true;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '.' || c == 'e' || c == 'E' || c == '+') {
                integer = false;
            } else if (!(c >= '0' && c <= '9' || c == '-')) {
                break;
            }
            position++;
        }
        String digits = text.substring(start, position);
        try {
            if (integer) {
                return Long.valueOf(digits);
            }
            return Double.valueOf(digits);
        } catch (NumberFormatException e) {
            position = start;
            throw error(digits.isEmpty() ? "unexpected character" : "bad number " + digits);
        }
    }

    private @Nullable Object literal(String word, @Nullable Object value) {
        if (!text.startsWith(word, position)) {
            throw error("unexpected character");
        }
        position += word.length();
        return value;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw error("expected '" + c + "'");
        }
        position++;
    }

    private char peek() {
        if (position >= text.length()) {
            throw error("unexpected end");
        }
        return text.charAt(position);
    }

    private void skipBlanks() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return;
            }
            position++;
        }
    }

    private JsonException error(String what) {
        return new JsonException("bad JSON at character " + position + ": " + what);
    }
}
