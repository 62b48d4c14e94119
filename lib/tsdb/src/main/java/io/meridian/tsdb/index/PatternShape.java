package io.meridian.tsdb.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a pattern tells without being run: the finite set of values it stands for, or how they all begin. Used to look
/// at fewer values; the matcher still decides about each.
final class PatternShape {
    private static final String META = ".+*?()[]{}^$|";

    private PatternShape() {}

    /// The values of a pattern like `a|b|c\.d`, or null if it is more than that.
    static @Nullable List<String> alternatives(String pattern) {
        var values = new ArrayList<String>();
        var literal = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '|') {
                values.add(literal.toString());
                literal.setLength(0);
            } else if (c == '\\') {
                if (!isEscapedLiteral(pattern, i)) {
                    return null;
                }
                literal.append(pattern.charAt(++i));
            } else if (META.indexOf(c) >= 0) {
                return null;
            } else {
                literal.append(c);
            }
        }
        values.add(literal.toString());
        return values;
    }

    /// How every match begins; `""` if nothing is known.
    static String prefix(String pattern) {
        var literal = new StringBuilder();
        boolean literalEnded = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '|') {
                return "";
            }
            boolean escaped = c == '\\';
            if (literalEnded) {
                i += escaped ? 1 : 0;
            } else if (escaped && isEscapedLiteral(pattern, i)) {
                literal.append(pattern.charAt(++i));
            } else if (escaped || META.indexOf(c) >= 0) {
                literalEnded = true;
                if ((c == '*' || c == '?' || c == '{') && !literal.isEmpty()) {
                    literal.setLength(literal.offsetByCodePoints(literal.length(), -1));
                }
                i += escaped ? 1 : 0;
            } else {
                literal.append(c);
            }
        }
        return literal.toString();
    }

    /// Whether the backslash at `index` stands before punctuation, which it makes literal.
    private static boolean isEscapedLiteral(String pattern, int index) {
        return index + 1 < pattern.length()
                && pattern.charAt(index + 1) < 0x80
                && !Character.isLetterOrDigit(pattern.charAt(index + 1));
    }
}
