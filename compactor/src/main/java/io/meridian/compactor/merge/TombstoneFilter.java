package io.meridian.compactor.merge;

import io.meridian.model.CorruptDataException;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.tsdb.block.Tombstones;
import java.util.ArrayList;
import java.util.List;

/// Takes deleted samples out of chunks: those deleted as a whole are dropped, those that a deletion touches are encoded
/// anew, the others pass untouched.
final class TombstoneFilter {
    private final ExactSamples samples = new ExactSamples();
    private long removed;

    /// Samples taken out since the last call.
    long takeRemoved() {
        long count = removed;
        removed = 0;
        return count;
    }

    /// @param deleted ascending, apart from each other
    List<EncodedChunk> apply(List<EncodedChunk> chunks, List<TimeRange> deleted) {
        var kept = new ArrayList<EncodedChunk>(chunks.size());
        for (var chunk : chunks) {
            var range = new TimeRange(chunk.minMs(), chunk.maxMs());
            if (deleted.stream().noneMatch(interval -> interval.overlaps(range))) {
                kept.add(chunk);
            } else if (chunk.encoding() == ChunkEncoding.AGGREGATE) {
                throw new CorruptDataException(
                        Tombstones.FILE, -1, "samples of a downsampled block cannot be deleted one by one");
            } else if (deleted.stream()
                    .anyMatch(interval -> interval.minMs() <= range.minMs() && range.maxMs() <= interval.maxMs())) {
                removed += ChunkSamples.count(chunk);
            } else {
                encode(chunk, deleted, kept);
            }
        }
        return kept;
    }

    private void encode(EncodedChunk chunk, List<TimeRange> deleted, List<EncodedChunk> kept) {
        samples.clear();
        samples.decode(chunk);
        var encoder = SeriesEncoder.like(chunk.encoding());
        int interval = 0;
        for (int i = 0; i < samples.size(); i++) {
            long timeMs = samples.time(i);
            while (interval < deleted.size() && deleted.get(interval).maxMs() < timeMs) {
                interval++;
            }
            if (interval < deleted.size() && deleted.get(interval).minMs() <= timeMs) {
                removed++;
            } else {
                encoder.accept(samples, i, true);
            }
        }
        kept.addAll(encoder.finish());
    }
}
