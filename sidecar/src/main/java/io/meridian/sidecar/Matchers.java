package io.meridian.sidecar;

import io.meridian.model.Fault;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Conditions against the external labels, which Prometheus itself does not know of.
final class Matchers {
    private Matchers() {}

    /// The matchers left for Prometheus; null if the external labels contradict one.
    static @Nullable List<LabelMatcher> withoutExternal(List<LabelMatcher> matchers, Labels externalLabels) {
        var left = new ArrayList<LabelMatcher>();
        for (LabelMatcher matcher : matchers) {
            if (!externalLabels.has(matcher.name())) {
                left.add(matcher);
            } else if (!matcher.matches(externalLabels.get(matcher.name()))) {
                return null;
            }
        }
        return left;
    }

    /// @throws QueryException if nothing is left to select by
    static void requireSome(List<LabelMatcher> left) {
        if (left.isEmpty()) {
            throw new QueryException(Fault.BAD_QUERY, "no matchers specified (excluding external labels)");
        }
    }

    /// The matchers as a selector in PromQL.
    static String selector(List<LabelMatcher> matchers) {
        var text = new StringBuilder("{");
        for (LabelMatcher matcher : matchers) {
            text.append(text.length() > 1 ? "," : "").append(matcher);
        }
        return text.append('}').toString();
    }
}
