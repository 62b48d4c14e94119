package io.meridian.model;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// Rewrites label values: an anchored RE2 pattern, and a template in which `$1`, `${name}` and `$$` are expanded as
/// Go's `regexp` expands them.
public final class LabelRewriter {
    private final Pattern pattern;
    private final String template;

    private LabelRewriter(Pattern pattern, String template) {
        this.pattern = pattern;
        this.template = template;
    }

    /// @throws IllegalArgumentException if the pattern is not RE2
    public static LabelRewriter of(String pattern, String template) {
        try {
            return new LabelRewriter(Pattern.compile("^(?s:" + pattern + ")$"), template);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// The expanded template, or null if the value does not match.
    public @Nullable String rewrite(String value) {
        Matcher matcher = pattern.matcher(value);
        if (!matcher.matches()) {
            return null;
        }
        var out = new StringBuilder();
        int at = 0;
        while (at < template.length()) {
            char c = template.charAt(at);
            if (c != '$') {
                out.append(c);
                at++;
            } else if (at + 1 < template.length() && template.charAt(at + 1) == '$') {
                out.append('$');
                at += 2;
            } else {
                at = expand(at, matcher, out);
            }
        }
        return out.toString();
    }

    /// Expands the reference at the dollar sign; a dollar sign without one stays. Returns where to go on.
    private int expand(int dollar, Matcher matcher, StringBuilder out) {
        int start = dollar + 1;
        boolean braces = start < template.length() && template.charAt(start) == '{';
        if (braces) {
            start++;
        }
        int end = start;
        while (end < template.length() && isWord(template.charAt(end))) {
            end++;
        }
        if (end == start || braces && (end == template.length() || template.charAt(end) != '}')) {
            out.append('$');
            return dollar + 1;
        }
        String group = group(template.substring(start, end), matcher);
        if (group != null) {
            out.append(group);
        }
        return braces ? end + 1 : end;
    }

    private static boolean isWord(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private @Nullable String group(String name, Matcher matcher) {
        if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            boolean plausible = name.length() < 9 && (name.length() == 1 || name.charAt(0) != '0');
            int number = plausible ? Integer.parseInt(name) : Integer.MAX_VALUE;
            return number <= matcher.groupCount() ? matcher.group(number) : null;
        }
        Integer number = pattern.namedGroups().get(name);
        return number == null ? null : matcher.group(number);
    }
}
