package io.meridian.model.chunk;

import io.meridian.model.CorruptDataException;
import io.meridian.model.SampleBuffer;

/// Decodes any encoded chunk.
public final class ChunkCodec {
    private ChunkCodec() {}

    /// Appends every sample of the chunk to `target`, histograms as float histograms; appends none if it is corrupt.
    ///
    /// @throws CorruptDataException if the payload is not what its encoding promises, or holds aggregates: of those
    ///                              one must be chosen first
    public static void decode(EncodedChunk chunk, SampleBuffer target) {
        byte[] data = chunk.array();
        int offset = chunk.offset();
        int length = chunk.length();
        switch (chunk.encoding()) {
            case XOR -> XorChunk.decode(data, offset, length, target);
            case XOR2 -> Xor2Chunk.decode(data, offset, length, target);
            case HISTOGRAM, HISTOGRAM_ST -> HistogramChunk.decode(chunk.encoding(), data, offset, length, target);
            case FLOAT_HISTOGRAM, FLOAT_HISTOGRAM_ST ->
                FloatHistogramChunk.decode(chunk.encoding(), data, offset, length, target);
            case AGGREGATE ->
                throw new CorruptDataException(
                        "chunk", -1, "aggregates cannot be read as samples: choose one of them first");
        }
    }
}
