package io.meridian.compactor.merge;

import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.FloatHistogramChunk;
import io.meridian.model.chunk.HistogramChunk;
import io.meridian.model.chunk.Xor2Chunk;
import io.meridian.model.chunk.XorChunk;

/// How many samples a chunk holds, by its header.
public final class ChunkSamples {
    private ChunkSamples() {}

    /// Samples, or windows of a downsampled chunk.
    ///
    /// @throws io.meridian.model.CorruptDataException if the chunk is shorter than its header
    public static int count(EncodedChunk chunk) {
        byte[] data = chunk.array();
        int offset = chunk.offset();
        int length = chunk.length();
        return switch (chunk.encoding()) {
            case XOR -> XorChunk.sampleCount(data, offset, length);
            case XOR2 -> Xor2Chunk.sampleCount(data, offset, length);
            case HISTOGRAM, HISTOGRAM_ST -> HistogramChunk.sampleCount(chunk.encoding(), data, offset, length);
            case FLOAT_HISTOGRAM, FLOAT_HISTOGRAM_ST ->
                FloatHistogramChunk.sampleCount(chunk.encoding(), data, offset, length);
            case AGGREGATE -> {
                EncodedChunk counts = AggregateChunk.parse(chunk.minMs(), chunk.maxMs(), 0, data, offset, length)
                        .part(Aggregate.COUNT);
                yield counts == null ? 0 : count(counts);
            }
        };
    }
}
