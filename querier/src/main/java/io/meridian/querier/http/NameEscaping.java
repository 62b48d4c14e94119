package io.meridian.querier.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How names that the classic rules do not allow are written for a reader that knows the classic ones only
/// (Prometheus' content negotiation, term `escaping` of `Accept`).
enum NameEscaping {
    /// As they are, in quotes.
    ALLOW_UTF_8,
    /// Every other character is an underscore.
    UNDERSCORES,
    /// Dots are `_dot_`, underscores two, all else `__`.
    DOTS,
    /// `U__`, then underscores doubled and each other character as `_hexadecimal_`.
    VALUES;

    /// What the header asks for; underscores if it does not say.
    static NameEscaping accepted(@Nullable String header) {
        if (header != null) {
            for (String part : header.split("[;,]")) {
                String term = part.strip();
                for (NameEscaping escaping : values()) {
                    if (term.equals("escaping=" + escaping.term())) {
                        return escaping;
                    }
                }
            }
        }
        return UNDERSCORES;
    }

    String term() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String escape(String name) {
        if (this == ALLOW_UTF_8 || isClassic(name) && this != DOTS) {
            return name;
        }
        var out = new StringBuilder(this == VALUES ? "U__" : "");
        name.codePoints().forEach(point -> {
            boolean plain = isPlain(point, out.isEmpty());
            switch (this) {
                case DOTS -> {
                    if (point == '_') {
                        out.append("__");
                    } else if (point == '.') {
                        out.append("_dot_");
                    } else {
                        out.append(plain ? Character.toString(point) : "__");
                    }
                }
                case VALUES -> {
                    if (point == '_') {
                        out.append("__");
                    } else if (plain) {
                        out.appendCodePoint(point);
                    } else {
                        out.append('_').append(Integer.toHexString(point)).append('_');
                    }
                }
                default -> out.append(plain ? Character.toString(point) : "_");
            }
        });
        return out.toString();
    }

    /// Letters, underscores and colons; digits too, but not first.
    static boolean isClassic(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isPlain(name.charAt(i), i == 0)) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isPlain(int point, boolean first) {
        return point >= 'a' && point <= 'z'
                || point >= 'A' && point <= 'Z'
                || point == '_'
                || point == ':'
                || !first && point >= '0' && point <= '9';
    }
}
