package io.meridian.server.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Parameters of a request, in order. Those of a form come before those of the URL. A part that cannot be decoded is
/// left out, and [#problem] says so, as Go's `net/url` does.
public final class Parameters {
    /// Most parameters of one request.
    static final int COUNT_MAX = 100_000;

    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private int count;
    private String problem = "";

    /// Adds `a=1&b=2`.
    ///
    /// @throws IllegalArgumentException if there are too many
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
        if (pair.indexOf(';') >= 0) {
            leaveOut("invalid semicolon separator in query");
            return;
        }
        int equals = pair.indexOf('=');
        try {
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
            values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
        } catch (IllegalArgumentException e) {
            leaveOut(String.valueOf(e.getMessage()));
        }
    }

    private void leaveOut(String reason) {
        if (problem.isEmpty()) {
            problem = reason;
        }
    }

    /// Why the first part that could not be decoded was left out, or `""`.
    public String problem() {
        return problem;
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

    /// Undoes percent encoding. A byte `b` that is not UTF-8 becomes the lone surrogate `0xDC00 | b`.
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
        return text(ByteBuffer.wrap(out, 0, n));
    }

    private static String text(ByteBuffer bytes) {
        var decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
        var out = CharBuffer.allocate(bytes.remaining() + 1);
        for (var result = decoder.decode(bytes, out, true);
                !result.isUnderflow();
                result = decoder.reset().decode(bytes, out, true)) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (0xDC00 | bytes.get() & 0xFF));
            }
        }
        return out.flip().toString();
    }
}
