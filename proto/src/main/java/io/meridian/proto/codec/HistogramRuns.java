package io.meridian.proto.codec;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.FloatHistogramEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a run of histograms as as few FLOAT_HISTOGRAM chunks as their layouts allow.
final class HistogramRuns {
    private HistogramRuns() {}

    /// @param histograms none of them null between `from` and `to`
    static void encode(long[] times, @Nullable FloatHistogram[] histograms, int from, int to, List<Chunk> result) {
        var encoder = new FloatHistogramEncoder(false);
        int first = from;
        for (int i = from; i < to; i++) {
            FloatHistogram histogram = histograms[i];
            if (histogram == null) {
                throw new IllegalArgumentException("sample " + i + " is not a histogram");
            }
            boolean full = encoder.sampleCount() == encoder.capacity();
            CounterResetHint next = full ? CounterResetHint.UNKNOWN : encoder.append(0, times[i], histogram);
            if (next != null) {
                result.add(chunk(encoder, times[first], times[i - 1]));
                encoder.clear();
                encoder.begin(next, 0, times[i], histogram);
                first = i;
            }
        }
        result.add(chunk(encoder, times[first], times[to - 1]));
    }

    private static EncodedChunk chunk(FloatHistogramEncoder encoder, long minMs, long maxMs) {
        return new EncodedChunk(ChunkEncoding.FLOAT_HISTOGRAM, minMs, maxMs, encoder.toBytes());
    }
}
