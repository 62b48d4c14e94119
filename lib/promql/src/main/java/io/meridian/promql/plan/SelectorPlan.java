package io.meridian.promql.plan;

import io.meridian.model.LabelMatcher;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.TimeRange;
import io.meridian.promql.parse.Expr.Extension;
import java.util.List;

/// What a selector reads, and how its samples meet the steps.
///
/// @param offsetMs   at step T the sample or window at `T - offsetMs` counts
/// @param pinned     whether `@` was given: all steps of a range function then share the first step's window
/// @param lookbackMs how old a sample may be
/// @param read       no sample outside of it is read
/// @param statsOnly  of histograms only count and sum are wanted, buckets and bounds are left out
/// @param partners   what series satisfy that can have a partner in a binary operator ([MatcherPropagation])
public record SelectorPlan(
        List<LabelMatcher> matchers,
        long offsetMs,
        boolean pinned,
        long lookbackMs,
        Extension extension,
        TimeRange read,
        boolean statsOnly,
        SelectHints hints,
        List<LabelMatcher> partners,
        int position) {
    public SelectorPlan {
        matchers = List.copyOf(matchers);
        partners = List.copyOf(partners);
    }

    public SelectorPlan withMatchers(List<LabelMatcher> newMatchers) {
        return new SelectorPlan(
                newMatchers, offsetMs, pinned, lookbackMs, extension, read, statsOnly, hints, partners, position);
    }

    SelectorPlan withPartners(List<LabelMatcher> newPartners) {
        return new SelectorPlan(
                matchers, offsetMs, pinned, lookbackMs, extension, read, statsOnly, hints, newPartners, position);
    }

    public Selection selection() {
        return new Selection(matchers, read, hints);
    }
}
