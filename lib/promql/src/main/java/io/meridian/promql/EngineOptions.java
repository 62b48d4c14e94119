package io.meridian.promql;

import java.util.Set;

/// Settings of an engine that hold for all its queries.
///
/// @param lookbackMs            how far back an instant selector looks (`--query.lookback-delta`)
/// @param defaultSubqueryStepMs step of `expr[range:]` (`--query.default-evaluation-interval`)
/// @param samplesMax            most samples held at once, counted as Prometheus counts (`--query.max-samples`)
/// @param threads               platform threads that work on queries, all queries together
public record EngineOptions(
        Set<Feature> features, long lookbackMs, long defaultSubqueryStepMs, long samplesMax, int threads) {
    public static final long LOOKBACK_MS_DEFAULT = 300_000;
    public static final long SUBQUERY_STEP_MS_DEFAULT = 60_000;
    public static final long SAMPLES_MAX_DEFAULT = 50_000_000;

    public static final EngineOptions DEFAULT = new EngineOptions(
            Set.of(),
            LOOKBACK_MS_DEFAULT,
            SUBQUERY_STEP_MS_DEFAULT,
            SAMPLES_MAX_DEFAULT,
            Runtime.getRuntime().availableProcessors());

    public EngineOptions {
        features = Set.copyOf(features);
        if (threads < 1 || lookbackMs < 1 || defaultSubqueryStepMs < 1 || samplesMax < 1) {
            throw new IllegalArgumentException(
                    "engine options must be positive: threads=%d, lookbackMs=%d, subqueryStepMs=%d, samplesMax=%d"
                            .formatted(threads, lookbackMs, defaultSubqueryStepMs, samplesMax));
        }
    }

    public boolean has(Feature feature) {
        return features.contains(feature);
    }

    public EngineOptions withFeatures(Set<Feature> newFeatures) {
        return new EngineOptions(newFeatures, lookbackMs, defaultSubqueryStepMs, samplesMax, threads);
    }

    public EngineOptions withLookbackMs(long newLookbackMs) {
        return new EngineOptions(features, newLookbackMs, defaultSubqueryStepMs, samplesMax, threads);
    }

    public EngineOptions withDefaultSubqueryStepMs(long newStepMs) {
        return new EngineOptions(features, lookbackMs, newStepMs, samplesMax, threads);
    }

    public EngineOptions withSamplesMax(long newSamplesMax) {
        return new EngineOptions(features, lookbackMs, defaultSubqueryStepMs, newSamplesMax, threads);
    }

    public EngineOptions withThreads(int newThreads) {
        return new EngineOptions(features, lookbackMs, defaultSubqueryStepMs, samplesMax, newThreads);
    }
}
