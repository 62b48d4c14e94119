package io.meridian.querier.http;

import io.meridian.model.ByteBudget;
import io.meridian.querier.dedup.DeduplicationFunction;
import java.time.Duration;
import java.util.List;

/// What the flags say about queries.
///
/// @param partialResponse whether to go on without a source that fails, unless a request says so
/// @param metadataRange   how far back series and labels are looked up without a start; zero: for ever
/// @param perStepStats    whether `stats=all` tells samples per step
public record QuerySettings(
        Replicas replicas,
        Limits limits,
        Lookback lookback,
        Downsampled downsampled,
        boolean partialResponse,
        Duration metadataRange,
        boolean perStepStats) {
    public static final QuerySettings DEFAULT = new QuerySettings(
            new Replicas(List.of(), DeduplicationFunction.PENALTY),
            new Limits(Duration.ofMinutes(2), 20, Long.MAX_VALUE, ByteBudget.unlimited()),
            new Lookback(0, true),
            new Downsampled(false, 0),
            true,
            Duration.ZERO,
            false);

    /// @param labels dropped by deduplication unless a request names others
    public record Replicas(List<String> labels, DeduplicationFunction deduplication) {
        public Replicas {
            labels = List.copyOf(labels);
        }
    }

    /// @param timeout        longest time of a query
    /// @param concurrencyMax queries evaluated at once; more of them wait
    /// @param bytesMax       most bytes one query may hold
    /// @param bytesTogether  what all queries together may hold, and hold
    public record Limits(Duration timeout, int concurrencyMax, long bytesMax, ByteBudget bytesTogether) {}

    /// @param ms      of instant selectors; 0: not set
    /// @param dynamic whether it grows with the resolution allowed
    public record Lookback(long ms, boolean dynamic) {}

    /// Which resolutions queries without `max_source_resolution` may read.
    ///
    /// @param auto         whether for ranges that is `auto`; raw data only if not
    /// @param instantMaxMs what `auto` means for instant queries, and what those without it get
    public record Downsampled(boolean auto, long instantMaxMs) {}

    /// The same with other limits of memory.
    public QuerySettings withBytes(long bytesMax, ByteBudget bytesTogether) {
        return new QuerySettings(
                replicas,
                new Limits(limits.timeout, limits.concurrencyMax, bytesMax, bytesTogether),
                lookback,
                downsampled,
                partialResponse,
                metadataRange,
                perStepStats);
    }
}
