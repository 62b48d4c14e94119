package io.meridian.model;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;

/// A condition on one label: equal, not equal, or an anchored RE2 pattern (dot matches newline) that must or must not
/// match. An absent label counts as `""`.
public sealed interface LabelMatcher {
    /// How the value is compared, in the order of Prometheus' `labels.MatchType`.
    enum Type {
        EQUAL("="),
        NOT_EQUAL("!="),
        REGEX("=~"),
        NOT_REGEX("!~");

        private final String symbol;

        Type(String symbol) {
            this.symbol = symbol;
        }

        public String symbol() {
            return symbol;
        }
    }

    String name();

    /// The value or the pattern as written.
    String value();

    Type type();

    boolean matches(String value);

    /// Whether a series without the label matches.
    default boolean matchesEmpty() {
        return matches("");
    }

    /// @throws IllegalArgumentException if the pattern is not RE2; the message is Go's
    static LabelMatcher of(Type type, String name, String value) {
        return switch (type) {
            case EQUAL -> new Equal(name, value);
            case NOT_EQUAL -> new NotEqual(name, value);
            case REGEX -> new Regex(name, value, AnchoredPattern.compile(value));
            case NOT_REGEX -> new NotRegex(name, value, AnchoredPattern.compile(value));
        };
    }

    static LabelMatcher equal(String name, String value) {
        return new Equal(name, value);
    }

    static boolean allMatch(List<LabelMatcher> matchers, Labels labels) {
        for (LabelMatcher matcher : matchers) {
            if (!matcher.matches(labels.get(matcher.name()))) {
                return false;
            }
        }
        return true;
    }

    private static String text(LabelMatcher matcher) {
        return GoQuote.labelName(matcher.name()) + matcher.type().symbol() + GoQuote.quote(matcher.value());
    }

    record Equal(String name, String value) implements LabelMatcher {
        @Override
        public Type type() {
            return Type.EQUAL;
        }

        @Override
        public boolean matches(String candidate) {
            return candidate.equals(value);
        }

        @Override
        public String toString() {
            return text(this);
        }
    }

    record NotEqual(String name, String value) implements LabelMatcher {
        @Override
        public Type type() {
            return Type.NOT_EQUAL;
        }

        @Override
        public boolean matches(String candidate) {
            return !candidate.equals(value);
        }

        @Override
        public String toString() {
            return text(this);
        }
    }

    record Regex(String name, String value, AnchoredPattern pattern) implements LabelMatcher {
        @Override
        public Type type() {
            return Type.REGEX;
        }

        @Override
        public boolean matches(String candidate) {
            return pattern.matches(candidate);
        }

        @Override
        public String toString() {
            return text(this);
        }
    }

    record NotRegex(String name, String value, AnchoredPattern pattern) implements LabelMatcher {
        @Override
        public Type type() {
            return Type.NOT_REGEX;
        }

        @Override
        public boolean matches(String candidate) {
            return !pattern.matches(candidate);
        }

        @Override
        public String toString() {
            return text(this);
        }
    }

    /// An RE2 pattern that must match the whole value.
    final class AnchoredPattern {
        private final String source;
        private final Pattern pattern;

        private AnchoredPattern(String source, Pattern pattern) {
            this.source = source;
            this.pattern = pattern;
        }

        /// @throws IllegalArgumentException if the source is not RE2
        public static AnchoredPattern compile(String source) {
            try {
                return new AnchoredPattern(source, Pattern.compile("^(?s:" + source + ")$"));
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(reason(source, e), e);
            }
        }

        /// What is wrong with the user's own text, without the anchors around it.
        private static String reason(String source, PatternSyntaxException anchored) {
            try {
                var _ = Pattern.compile(source);
                return String.valueOf(anchored.getMessage());
            } catch (PatternSyntaxException e) {
                return String.valueOf(e.getMessage());
            }
        }

        public boolean matches(String candidate) {
            return pattern.matches(candidate);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof AnchoredPattern that && that.source.equals(source);
        }

        @Override
        public int hashCode() {
            return source.hashCode();
        }
    }
}
