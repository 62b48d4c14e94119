package io.meridian.model.chunk;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A downsampled chunk: up to five encoded sub-chunks, one per [Aggregate].
public final class AggregateChunk implements Chunk {
    private static final int AGGREGATE_COUNT = Aggregate.values().length;

    private final long minMs;
    private final long maxMs;
    private final long resolutionMs;
    private final @Nullable EncodedChunk[] parts;

    /// @param resolutionMs width of a window, or 0 where it is not known (Thanos' StoreAPI does not tell)
    /// @param parts        indexed by [Aggregate#ordinal]; absent ones are null
    public AggregateChunk(long minMs, long maxMs, long resolutionMs, @Nullable EncodedChunk[] parts) {
        if (parts.length != AGGREGATE_COUNT) {
            throw new IllegalArgumentException("aggregates: expected=" + AGGREGATE_COUNT + ", actual=" + parts.length);
        }
        this.minMs = minMs;
        this.maxMs = maxMs;
        this.resolutionMs = resolutionMs;
        this.parts = parts.clone();
    }

    @Override
    public long minMs() {
        return minMs;
    }

    @Override
    public long maxMs() {
        return maxMs;
    }

    public long resolutionMs() {
        return resolutionMs;
    }

    public @Nullable EncodedChunk part(Aggregate aggregate) {
        return parts[aggregate.ordinal()];
    }

    @Override
    public long retainedBytes() {
        long sum = 64;
        for (var part : parts) {
            sum += part == null ? 0 : part.retainedBytes();
        }
        return sum;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AggregateChunk that
                && minMs == that.minMs
                && maxMs == that.maxMs
                && Arrays.equals(parts, that.parts);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(minMs) + Long.hashCode(maxMs)) + Arrays.hashCode(parts);
    }
}
