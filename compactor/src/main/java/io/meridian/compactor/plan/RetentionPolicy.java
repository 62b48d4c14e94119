package io.meridian.compactor.plan;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import java.time.Duration;
import java.util.List;

/// How long blocks of each resolution are kept. The first rule whose matchers all fit the external labels counts; the
/// defaults, where none does.
///
/// @param defaults what the `--retention.resolution-*` flags say
public record RetentionPolicy(List<Rule> rules, Periods defaults) {
    /// @param matchers on external labels
    public record Rule(List<LabelMatcher> matchers, Periods periods) {
        boolean fits(Labels labels) {
            return LabelMatcher.allMatch(matchers, labels);
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

    public Periods periods(Labels externalLabels) {
        for (Rule rule : rules) {
            if (rule.fits(externalLabels)) {
                return rule.periods;
            }
        }
        return defaults;
    }
}
