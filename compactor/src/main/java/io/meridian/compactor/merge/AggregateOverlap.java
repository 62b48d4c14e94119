package io.meridian.compactor.merge;

import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Merges overlapping downsampled chunks. The aggregates of a window belong together, so whole chunks are chosen: of
/// those that overlap, the one with the most samples behind it wins, and what lies beside it is kept.
final class AggregateOverlap {
    List<EncodedChunk> merge(EncodedChunk base, List<EncodedChunk> others) {
        var candidates = new ArrayList<EncodedChunk>();
        candidates.add(base);
        candidates.addAll(others);
        candidates.sort(Comparator.comparingLong(AggregateOverlap::weight).reversed());
        var chosen = new ArrayList<EncodedChunk>();
        for (var candidate : candidates) {
            if (chosen.stream().noneMatch(other -> overlaps(other, candidate))) {
                chosen.add(candidate);
            }
        }
        chosen.sort(Comparator.comparingLong(EncodedChunk::minMs));
        return chosen;
    }

    private static boolean overlaps(EncodedChunk a, EncodedChunk b) {
        return a.minMs() <= b.maxMs() && b.minMs() <= a.maxMs();
    }

    /// Windows of the chunk.
    private static long weight(EncodedChunk chunk) {
        if (chunk.encoding() != ChunkEncoding.AGGREGATE) {
            return ChunkSamples.count(chunk);
        }
        var counts = AggregateChunk.parse(
                        chunk.minMs(), chunk.maxMs(), 0, chunk.array(), chunk.offset(), chunk.length())
                .part(Aggregate.COUNT);
        return counts == null ? 0 : ChunkSamples.count(counts);
    }
}
