package io.meridian.compactor.merge;

import io.meridian.compactor.plan.SeriesRetention;
import io.meridian.model.Labels;
import io.meridian.model.chunk.EncodedChunk;
import java.util.ArrayList;
import java.util.List;

/// Leaves out chunks that have outlived the retention of their own series, and counts what was in them.
final class SeriesExpiry {
    private final SeriesRetention retention;
    private long removedSamples;

    SeriesExpiry(SeriesRetention retention) {
        this.retention = retention;
    }

    /// Whether any series may lose chunks.
    boolean isAny() {
        return retention != SeriesRetention.NONE;
    }

    List<EncodedChunk> apply(Labels labels, List<EncodedChunk> chunks) {
        long keptFromMs = retention.keptFromMs(labels);
        if (keptFromMs == Long.MIN_VALUE) {
            return chunks;
        }
        var kept = new ArrayList<EncodedChunk>(chunks.size());
        for (var chunk : chunks) {
            if (chunk.maxMs() < keptFromMs) {
                removedSamples += ChunkSamples.count(chunk);
            } else {
                kept.add(chunk);
            }
        }
        return kept;
    }

    long removedSamples() {
        return removedSamples;
    }
}
