package io.meridian.tsdb.block;

import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.FloatHistogramChunk;
import io.meridian.model.chunk.HistogramChunk;
import io.meridian.model.chunk.Xor2Chunk;
import io.meridian.model.chunk.XorChunk;

/// How many samples a chunk holds, by its header.
final class ChunkSampleCount {
    private ChunkSampleCount() {}

    static int of(EncodedChunk chunk) {
        return of(chunk.encoding(), chunk.minMs(), chunk.maxMs(), chunk.array(), chunk.offset(), chunk.length());
    }

    /// Samples, or windows of a downsampled chunk.
    ///
    /// @throws io.meridian.model.CorruptDataException if the chunk is shorter than its header
    static int of(ChunkEncoding encoding, long minMs, long maxMs, byte[] data, int offset, int length) {
        return switch (encoding) {
            case XOR -> XorChunk.sampleCount(data, offset, length);
            case XOR2 -> Xor2Chunk.sampleCount(data, offset, length);
            case HISTOGRAM, HISTOGRAM_ST -> HistogramChunk.sampleCount(encoding, data, offset, length);
            case FLOAT_HISTOGRAM, FLOAT_HISTOGRAM_ST -> FloatHistogramChunk.sampleCount(encoding, data, offset, length);
            case AGGREGATE -> of(AggregateChunk.parse(minMs, maxMs, 0, data, offset, length));
        };
    }

    static int of(AggregateChunk chunk) {
        EncodedChunk counts = chunk.part(Aggregate.COUNT);
        return counts == null ? 0 : of(counts);
    }
}
