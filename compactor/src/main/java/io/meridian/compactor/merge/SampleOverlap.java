package io.meridian.compactor.merge;

import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import java.util.ArrayList;
import java.util.List;

/// Merges overlapping chunks sample by sample.
final class SampleOverlap implements OverlapMerger.Overlap {
    private final Deduplication deduplication;
    private final boolean xor2;
    private final AggregateOverlap aggregates = new AggregateOverlap();
    private long removedSamples;

    /// @param xor2 whether merged floats are written as XOR2 even if no input is
    SampleOverlap(Deduplication deduplication, boolean xor2) {
        this.deduplication = deduplication;
        this.xor2 = xor2;
    }

    /// Samples that are in the inputs and not in the results, since the beginning.
    long removedSamples() {
        return removedSamples;
    }

    @Override
    public List<EncodedChunk> merge(EncodedChunk base, List<EncodedChunk> others) {
        long before = count(others) + ChunkSamples.count(base);
        var merged = switch (base.encoding()) {
            case AGGREGATE -> aggregates.merge(base, others);
            case XOR, XOR2, HISTOGRAM, HISTOGRAM_ST, FLOAT_HISTOGRAM, FLOAT_HISTOGRAM_ST ->
                deduplication == Deduplication.NONE ? chain(base, others) : penalty(base, others);
        };
        removedSamples += before - count(merged);
        return merged;
    }

    private static long count(List<EncodedChunk> chunks) {
        return chunks.stream().mapToLong(ChunkSamples::count).sum();
    }

    /// The base comes last: that decides which of two samples at one time is taken.
    private List<EncodedChunk> chain(EncodedChunk base, List<EncodedChunk> others) {
        var inputs = new ArrayList<>(others);
        inputs.add(base);
        var encoder = encoder(inputs, true);
        ChainMerge.merge(decode(inputs), encoder);
        return encoder.finish();
    }

    /// Only chunks with the base's kind of sample take part, as in Thanos.
    private List<EncodedChunk> penalty(EncodedChunk base, List<EncodedChunk> others) {
        var inputs = new ArrayList<EncodedChunk>();
        inputs.add(base);
        for (var other : others) {
            if (kind(other.encoding()) == kind(base.encoding())) {
                inputs.add(other);
            }
        }
        if (inputs.size() == 1) {
            return inputs;
        }
        var encoder = encoder(inputs, false);
        PenaltyMerge.merge(decode(inputs), encoder);
        return encoder.finish();
    }

    private SeriesEncoder encoder(List<EncodedChunk> inputs, boolean forgetResets) {
        boolean anyXor2 = xor2 || inputs.stream().anyMatch(input -> input.encoding() == ChunkEncoding.XOR2);
        return new SeriesEncoder(anyXor2, forgetResets);
    }

    private static List<ExactSamples> decode(List<EncodedChunk> chunks) {
        var decoded = new ArrayList<ExactSamples>(chunks.size());
        for (var chunk : chunks) {
            var samples = new ExactSamples();
            samples.decode(chunk);
            decoded.add(samples);
        }
        return decoded;
    }

    private static ExactSamples.Kind kind(ChunkEncoding encoding) {
        return switch (encoding) {
            case HISTOGRAM, HISTOGRAM_ST -> ExactSamples.Kind.HISTOGRAM;
            case FLOAT_HISTOGRAM, FLOAT_HISTOGRAM_ST -> ExactSamples.Kind.FLOAT_HISTOGRAM;
            case XOR, XOR2, AGGREGATE -> ExactSamples.Kind.FLOAT;
        };
    }
}
