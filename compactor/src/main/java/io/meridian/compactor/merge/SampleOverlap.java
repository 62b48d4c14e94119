package io.meridian.compactor.merge;

import io.meridian.model.chunk.ChainedMerge;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import java.util.ArrayList;
import java.util.List;

/// Merges overlapping chunks sample by sample.
final class SampleOverlap implements OverlapMerger.Overlap {
    private final Deduplication deduplication;
    private final boolean xor2;
    private final AggregateOverlap aggregates;
    private boolean isXor2Series;
    private long removedSamples;

    /// @param xor2         whether merged floats are written as XOR2 even if no input is
    /// @param resolutionMs of downsampled blocks; 0 of raw ones
    SampleOverlap(Deduplication deduplication, boolean xor2, long resolutionMs) {
        aggregates = new AggregateOverlap(resolutionMs);
        this.deduplication = deduplication;
        this.xor2 = xor2;
    }

    /// Begins a series.
    ///
    /// @param hasXor2 whether one of its chunks, overlapping or not, is XOR2: who wrote that would merge so, too
    void begin(boolean hasXor2) {
        isXor2Series = hasXor2;
    }

    /// Samples that are in the inputs and not in the results, since the beginning.
    long removedSamples() {
        return removedSamples;
    }

    @Override
    public List<EncodedChunk> merge(EncodedChunk base, List<EncodedChunk> others) {
        long before = count(others) + ChunkSamples.count(base);
        List<EncodedChunk> merged;
        if (isAggregate(base) || others.stream().anyMatch(SampleOverlap::isAggregate)) {
            merged = aggregates.merge(base, others);
        } else {
            merged = deduplication == Deduplication.NONE ? chain(base, others) : penalty(base, others);
        }
        removedSamples += before - count(merged);
        return merged;
    }

    private static boolean isAggregate(EncodedChunk chunk) {
        return chunk.encoding() == ChunkEncoding.AGGREGATE;
    }

    private static long count(List<EncodedChunk> chunks) {
        return chunks.stream().mapToLong(ChunkSamples::count).sum();
    }

    /// The base comes last: that decides which of two samples at one time is taken.
    private List<EncodedChunk> chain(EncodedChunk base, List<EncodedChunk> others) {
        var inputs = new ArrayList<>(others);
        inputs.add(base);
        var encoder = encoder(inputs, true);
        var samples = decode(inputs);
        var times = new long[samples.size()][];
        var counts = new int[samples.size()];
        for (int i = 0; i < times.length; i++) {
            times[i] = samples.get(i).times();
            counts[i] = samples.get(i).size();
        }
        var merge = new ChainedMerge(times, counts);
        while (merge.next()) {
            encoder.accept(samples.get(merge.source()), merge.index(), merge.isConsecutive());
        }
        return encoder.finish();
    }

    /// Only chunks with the base's kind of sample take part, as in Thanos. The base is encoded anew even if there are
    /// none: then what it says of a counter reset before it is forgotten.
    private List<EncodedChunk> penalty(EncodedChunk base, List<EncodedChunk> others) {
        var inputs = new ArrayList<EncodedChunk>();
        inputs.add(base);
        for (var other : others) {
            if (kind(other.encoding()) == kind(base.encoding())) {
                inputs.add(other);
            }
        }
        var encoder = encoder(inputs, false);
        PenaltyMerge.merge(decode(inputs), encoder);
        return encoder.finish();
    }

    private SeriesEncoder encoder(List<EncodedChunk> inputs, boolean forgetResets) {
        boolean anyXor2 =
                xor2 || isXor2Series || inputs.stream().anyMatch(input -> input.encoding() == ChunkEncoding.XOR2);
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
