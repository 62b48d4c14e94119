package io.meridian.model.chunk;

/// A piece of one series as it was stored: encoded samples, or the aggregates of downsampled ones. Immutable.
public sealed interface Chunk permits EncodedChunk, AggregateChunk {
    /// Time of the first sample, in milliseconds. For aggregates: of the first window.
    long minMs();

    /// Time of the last sample, in milliseconds, inclusive.
    long maxMs();

    /// Bytes this chunk keeps in memory.
    long retainedBytes();
}
