package io.meridian.promql.script;

import io.meridian.model.LabelMatcher;

/// A text that an error or annotation must be, or a pattern found somewhere in it.
///
/// @param pattern null if `text` is meant word for word
record TextExpectation(String text, LabelMatcher.@org.jspecify.annotations.Nullable AnchoredPattern pattern) {
    static TextExpectation exactly(String text) {
        return new TextExpectation(text, null);
    }

    /// @throws IllegalArgumentException if it is not RE2
    static TextExpectation pattern(String source) {
        return new TextExpectation(source, LabelMatcher.AnchoredPattern.compile("(?:.*?)(?-s:" + source + ")(?:.*)"));
    }

    static TextExpectation anything() {
        return pattern("");
    }

    boolean isMet(String candidate) {
        return pattern == null ? text.equals(candidate) : pattern.matches(candidate);
    }

    @Override
    public String toString() {
        return pattern == null ? "msg: " + text : "regex: " + text;
    }
}
