package io.meridian.model.chunk;

import org.jspecify.annotations.Nullable;

/// A piece of one series as it was stored: encoded samples, or the aggregates of downsampled ones. Immutable.
public sealed interface Chunk permits EncodedChunk, AggregateChunk {
    /// Time of the first sample, in milliseconds. For aggregates: of the first window.
    long minMs();

    /// Time of the last sample, in milliseconds, inclusive.
    long maxMs();

    /// Where it was read; null if that is not known. Chunks that differ in this only are equal.
    @Nullable
    ChunkOrigin origin();

    /// Bytes this chunk keeps in memory.
    long retainedBytes();
}
