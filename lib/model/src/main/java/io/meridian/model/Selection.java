package io.meridian.model;

import java.util.List;

/// Which series, and which time of them.
public record Selection(List<LabelMatcher> matchers, TimeRange range, SelectHints hints) {
    public Selection {
        matchers = List.copyOf(matchers);
    }

    public Selection(List<LabelMatcher> matchers, TimeRange range) {
        this(matchers, range, SelectHints.NONE);
    }

    public Selection withMatchers(List<LabelMatcher> newMatchers) {
        return new Selection(newMatchers, range, hints);
    }

    public Selection withHints(SelectHints newHints) {
        return new Selection(matchers, range, newHints);
    }
}
