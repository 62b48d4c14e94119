package io.meridian.querier.dedup;

import io.meridian.model.SelectHints;
import java.util.Set;

/// Which resolution a selector may be answered from, and with which aggregates (Thanos `pkg/query/querier.go`).
///
/// @param maxSourceResolutionMs coarsest resolution allowed for the query; 0: raw data only
public record ResolutionPlanner(long maxSourceResolutionMs) {
    private static final long MINUTE_MS = 60_000;
    private static final long LOOKBACK_DEFAULT_MS = 5 * MINUTE_MS;
    private static final long LOOKBACK_COARSE_MS = 60 * MINUTE_MS;
    /// Steps per window that `auto` keeps at least.
    private static final int STEPS_PER_AUTO_WINDOW = 5;

    /// Functions that are nothing without two samples in their range.
    private static final Set<String> NEEDS_TWO_SAMPLES = Set.of(
            "rate",
            "irate",
            "increase",
            "delta",
            "idelta",
            "deriv",
            "predict_linear",
            "holt_winters",
            "double_exponential_smoothing");

    /// What `max_source_resolution=auto` means for a query with this step.
    public static ResolutionPlanner auto(long stepMs) {
        return new ResolutionPlanner(stepMs / STEPS_PER_AUTO_WINDOW);
    }

    /// The hints with resolution and aggregates filled in.
    public SelectHints plan(SelectHints hints) {
        long resolution = maxSourceResolutionMs;
        if (hints.rangeMs() > 0 && NEEDS_TWO_SAMPLES.contains(hints.function())) {
            resolution = Math.min(resolution, hints.rangeMs() / 2);
        }
        return hints.withDownsampling(
                resolution, AggregateReading.of(hints.function()).aggregates());
    }

    /// How far back an instant selector looks: far enough to find a sample of the coarsest data allowed.
    ///
    /// @param configuredMs the flag's value; 0: not set, which means five minutes to the engine
    public long lookbackMs(long configuredMs) {
        if (maxSourceResolutionMs > Math.max(LOOKBACK_DEFAULT_MS, configuredMs)) {
            return Math.max(LOOKBACK_COARSE_MS, configuredMs);
        }
        if (maxSourceResolutionMs > configuredMs) {
            return Math.max(LOOKBACK_DEFAULT_MS, configuredMs);
        }
        return configuredMs == 0 ? LOOKBACK_DEFAULT_MS : configuredMs;
    }
}
