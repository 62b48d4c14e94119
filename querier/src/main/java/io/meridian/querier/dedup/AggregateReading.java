package io.meridian.querier.dedup;

import io.meridian.model.chunk.Aggregate;
import java.util.Set;

/// What a PromQL function is given of downsampled data (Thanos `pkg/query/querier.go`).
@SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable
public enum AggregateReading {
    /// sum divided by count, window by window
    AVERAGE(Set.of(Aggregate.COUNT, Aggregate.SUM)),
    COUNT(Set.of(Aggregate.COUNT)),
    SUM(Set.of(Aggregate.SUM)),
    MIN(Set.of(Aggregate.MIN)),
    MAX(Set.of(Aggregate.MAX)),
    /// a counter without its resets
    COUNTER(Set.of(Aggregate.COUNTER));

    private final Set<Aggregate> aggregates;

    AggregateReading(Set<Aggregate> aggregates) {
        this.aggregates = aggregates;
    }

    /// The sub-chunks that are needed for it.
    public Set<Aggregate> aggregates() {
        return aggregates;
    }

    /// @param function around the selector, or `""`. Plain `sum` and `avg` read averages: they add up series, not time
    public static AggregateReading of(String function) {
        return switch (function) {
            case "min" -> MIN;
            case "max" -> MAX;
            case "count" -> COUNT;
            case "increase", "rate", "irate", "resets", "xincrease", "xrate" -> COUNTER;
            default -> {
                if (function.startsWith("min_")) {
                    yield MIN;
                }
                if (function.startsWith("max_")) {
                    yield MAX;
                }
                if (function.startsWith("count_")) {
                    yield COUNT;
                }
                yield function.startsWith("sum_") ? SUM : AVERAGE;
            }
        };
    }
}
