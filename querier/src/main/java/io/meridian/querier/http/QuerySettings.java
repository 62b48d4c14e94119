package io.meridian.querier.http;

import io.meridian.model.ByteBudget;
import io.meridian.querier.dedup.DeduplicationFunction;
import java.time.Duration;
import java.util.List;

/// What the flags say about queries.
///
/// @param replicaLabels                labels dropped by deduplication unless a request names others
/// @param partialResponse              whether to go on without a source that fails, unless a request says so
/// @param timeout                      longest time of a query
/// @param concurrencyMax               queries evaluated at once; more of them wait
/// @param bytesMax                     most bytes one query may hold
/// @param bytesTogether                what all queries together may hold, and hold
/// @param lookbackMs                   of instant selectors; 0: not set
/// @param dynamicLookback              whether lookback grows with the resolution allowed
/// @param autoDownsampling             whether queries without `max_source_resolution` mean `auto`
/// @param instantMaxSourceResolutionMs what `auto` means for instant queries
/// @param metadataRange                how far back series and labels are looked up without a start; zero: for ever
/// @param perStepStats                 whether `stats=all` tells samples per step
public record QuerySettings(
        List<String> replicaLabels,
        DeduplicationFunction deduplication,
        boolean partialResponse,
        Duration timeout,
        int concurrencyMax,
        long bytesMax,
        ByteBudget bytesTogether,
        long lookbackMs,
        boolean dynamicLookback,
        boolean autoDownsampling,
        long instantMaxSourceResolutionMs,
        Duration metadataRange,
        boolean perStepStats) {
    public static final QuerySettings DEFAULT = new QuerySettings(
            List.of(),
            DeduplicationFunction.PENALTY,
            true,
            Duration.ofMinutes(2),
            20,
            Long.MAX_VALUE,
            ByteBudget.unlimited(),
            0,
            true,
            false,
            0,
            Duration.ZERO,
            false);

    public QuerySettings {
        replicaLabels = List.copyOf(replicaLabels);
    }
}
