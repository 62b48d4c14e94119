package io.meridian.server.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Parameters of a request, in order. Those of a form come before those of the URL.
public final class Parameters {
    /// Most parameters of one request.
    static final int COUNT_MAX = 100_000;

    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private int count;

    /// Adds `a=1&b=2`; a part that cannot be decoded is an error.
    ///
    /// @throws IllegalArgumentException if a percent escape is broken, or there are too many
    public Parameters addEncoded(String text) {
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('&', start);
            end = end < 0 ? text.length() : end;
            if (end > start) {
                addPair(text.substring(start, end));
            }
            start = end + 1;
        }
        return this;
    }

    private void addPair(String pair) {
        if (++count > COUNT_MAX) {
            throw new IllegalArgumentException("more than " + COUNT_MAX + " parameters");
        }
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
        values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
    }

    /// The first value, or null.
    public @Nullable String first(String name) {
        List<String> all = values.get(name);
        return all == null ? null : all.getFirst();
    }

    /// All values; empty if there are none.
    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public Iterable<String> names() {
        return values.keySet();
    }

    /// Undoes percent encoding.
    ///
    /// @param plusIsBlank as in forms and query strings, not in paths
    /// @throws IllegalArgumentException if an escape is broken
    static String decode(String text, boolean plusIsBlank) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[bytes.length];
        int n = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            if (b == '%') {
                int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
                int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
                if (low < 0) {
                    throw new IllegalArgumentException("invalid URL escape \""
                            + new String(bytes, i, Math.min(3, bytes.length - i), StandardCharsets.UTF_8) + "\"");
                }
                out[n++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                out[n++] = plusIsBlank && b == '+' ? (byte) ' ' : b;
            }
        }
        return new String(out, 0, n, StandardCharsets.UTF_8);
    }
}
