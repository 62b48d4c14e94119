package io.meridian.compactor.merge;

import io.meridian.model.TimeRange;
import io.meridian.model.chunk.EncodedChunk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Brings chunks of one series into the order that a block needs: ascending, each once, none overlapping another.
/// No sample is lost but those that are there twice.
public final class ChunkOverlaps {
    private final SampleOverlap overlap;
    private final OverlapMerger merger;
    private final TombstoneFilter filter = new TombstoneFilter();
    private long deletedSamples;

    /// @param resolutionMs of a downsampled block; 0 of a raw one
    public ChunkOverlaps(long resolutionMs) {
        overlap = new SampleOverlap(Deduplication.NONE, false, resolutionMs);
        merger = new OverlapMerger(overlap);
    }

    /// @param chunks in any order
    public List<EncodedChunk> merge(List<EncodedChunk> chunks) {
        var sorted = new ArrayList<>(chunks);
        sorted.sort(Comparator.comparingLong(EncodedChunk::minMs).thenComparingLong(EncodedChunk::maxMs));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).minMs() <= sorted.get(i - 1).maxMs()) {
                return merger.merge(sorted.stream().map(List::of).toList());
            }
        }
        return sorted;
    }

    /// The chunks without deleted samples.
    ///
    /// @param deleted ascending, apart from each other
    public List<EncodedChunk> delete(List<EncodedChunk> chunks, List<TimeRange> deleted) {
        return deleted.isEmpty() ? chunks : filter.apply(chunks, deleted);
    }

    /// Samples that were there twice, or deleted, since the beginning.
    public long removedSamples() {
        deletedSamples += filter.takeRemoved();
        return merger.duplicateSamples() + overlap.removedSamples() + deletedSamples;
    }
}
