package io.meridian.compactor.plan;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How long samples of each resolution are kept. For a series, the first rule whose matchers fit its block's external
/// labels and its own labels counts; the defaults, where none does.
///
/// A block goes when the longest of the periods that any of its series may have is over; series whose own period is
/// shorter leave when blocks are merged.
///
/// @param defaults what the `--retention.resolution-*` flags say
public record RetentionPolicy(List<Rule> rules, Periods defaults) {
    private static final String FLAGS = "--retention.resolution-*";

    /// @param matchers on external labels
    /// @param series   on the labels of series; empty: the rule is for all
    /// @param place    where it is written, for people
    public record Rule(List<LabelMatcher> matchers, List<LabelMatcher> series, Periods periods, String place) {
        public Rule {
            matchers = List.copyOf(matchers);
            series = List.copyOf(series);
        }

        public Rule(List<LabelMatcher> matchers, Periods periods) {
            this(matchers, List.of(), periods, "a rule");
        }

        boolean fits(Labels externalLabels) {
            return LabelMatcher.allMatch(matchers, externalLabels);
        }
    }

    /// One period per resolution; zero keeps for ever.
    public record Periods(Duration raw, Duration fiveMinutes, Duration oneHour) {
        public static final Periods FOR_EVER = new Periods(Duration.ZERO, Duration.ZERO, Duration.ZERO);

        public Duration of(long resolutionMs) {
            return resolutionMs == Resolutions.RAW
                    ? raw
                    : resolutionMs == Resolutions.FIVE_MINUTES ? fiveMinutes : oneHour;
        }
    }

    public RetentionPolicy {
        rules = List.copyOf(rules);
    }

    public static RetentionPolicy of(Duration raw, Duration fiveMinutes, Duration oneHour) {
        return new RetentionPolicy(List.of(), new Periods(raw, fiveMinutes, oneHour));
    }

    /// The rules that series of such blocks may fall under, in order; the last one is for all series.
    public List<Rule> rulesOf(Labels externalLabels) {
        var found = new ArrayList<Rule>();
        for (Rule rule : rules) {
            if (rule.fits(externalLabels)) {
                found.add(rule);
                if (rule.series().isEmpty()) {
                    return found;
                }
            }
        }
        found.add(new Rule(List.of(), List.of(), defaults, FLAGS));
        return found;
    }

    /// How long blocks are kept: as long as any of their series may be wanted.
    public Periods periods(Labels externalLabels) {
        return new Periods(
                longest(externalLabels, Resolutions.RAW).periods().of(Resolutions.RAW),
                longest(externalLabels, Resolutions.FIVE_MINUTES).periods().of(Resolutions.FIVE_MINUTES),
                longest(externalLabels, Resolutions.ONE_HOUR).periods().of(Resolutions.ONE_HOUR));
    }

    /// The rule that keeps blocks of the resolution longest.
    public Rule longest(Labels externalLabels, long resolutionMs) {
        var candidates = rulesOf(externalLabels);
        Rule longest = candidates.getLast();
        for (Rule rule : candidates) {
            Duration period = rule.periods().of(resolutionMs);
            Duration known = longest.periods().of(resolutionMs);
            if (!known.isZero() && (period.isZero() || period.compareTo(known) > 0)) {
                longest = rule;
            }
        }
        return longest;
    }

    /// Whether some series may go earlier than their blocks.
    public boolean hasSeriesRules(Labels externalLabels) {
        return rulesOf(externalLabels).size() > 1;
    }
}
