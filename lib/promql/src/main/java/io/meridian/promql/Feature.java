package io.meridian.promql;

import java.util.Locale;
import java.util.Optional;

/// Parts of the language that are off unless asked for. Names are those of Prometheus' `--enable-feature`.
public enum Feature {
    PROMQL_EXPERIMENTAL_FUNCTIONS,
    PROMQL_PER_STEP_STATS,
    PROMQL_DELAYED_NAME_REMOVAL,
    PROMQL_EXTENDED_RANGE_SELECTORS,
    PROMQL_BINOP_FILL_MODIFIERS,
    PROMQL_DURATION_EXPR,
    USE_START_TIMESTAMPS,
    TYPE_AND_UNIT_LABELS;

    /// As written after `--enable-feature=`.
    public String flag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Feature> ofFlag(String flag) {
        for (Feature feature : values()) {
            if (feature.flag().equals(flag)) {
                return Optional.of(feature);
            }
        }
        return Optional.empty();
    }
}
