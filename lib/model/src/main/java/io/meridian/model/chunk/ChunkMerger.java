package io.meridian.model.chunk;

import java.util.List;

/// Merges overlapping chunks of one series as Prometheus' default merge does.
public final class ChunkMerger {
    private ChunkMerger() {}

    /// The samples of all sources in time order, each time once (see [ChainedMerge]); the hint of a histogram is
    /// forgotten where the source changes.
    public static ExactSamples merge(List<ExactSamples> sources) {
        long[][] times = new long[sources.size()][];
        int[] counts = new int[sources.size()];
        for (int i = 0; i < counts.length; i++) {
            times[i] = sources.get(i).times();
            counts[i] = sources.get(i).size();
        }
        var merged = new ExactSamples();
        if (counts.length == 0) {
            return merged;
        }
        var order = new ChainedMerge(times, counts);
        while (order.next()) {
            merged.append(sources.get(order.source()), order.index());
            if (!order.isConsecutive()) {
                merged.forgetReset(merged.size() - 1);
            }
        }
        return merged;
    }

    /// The chunks, which overlap, as new ones that do not.
    ///
    /// @param overlapping in the order in which Prometheus would list them: the earliest chunk stands last there
    public static List<EncodedChunk> merge(List<EncodedChunk> overlapping, boolean floatsAsXor2) {
        List<ExactSamples> sources = overlapping.stream()
                .map(chunk -> {
                    var samples = new ExactSamples();
                    samples.decode(chunk);
                    return samples;
                })
                .toList();
        return ChunkEncoder.encode(merge(sources), floatsAsXor2);
    }
}
