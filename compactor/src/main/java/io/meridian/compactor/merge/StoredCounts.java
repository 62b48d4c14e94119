package io.meridian.compactor.merge;

import io.meridian.model.CorruptDataException;
import io.meridian.tsdb.block.BlockMeta;

/// What a cursor has seen of a block at its end, beside what meta.json says.
final class StoredCounts {
    private StoredCounts() {}

    /// Series that no list of postings names, and chunks that no series names, would be lost without a word.
    ///
    /// @param anyAggregate whether a chunk holds aggregates
    /// @throws CorruptDataException if the block has less than its meta.json says, or samples of another resolution
    static void check(BlockMeta meta, long series, long chunks, boolean anyAggregate) {
        long resolutionMs = meta.thanos().resolutionMs();
        // Some raw chunks among them are what old programs left behind.
        if (resolutionMs != 0 && chunks > 0 && !anyAggregate) {
            throw corrupt(meta, "has raw samples only, its resolution is not " + resolutionMs);
        }
        var stats = meta.stats();
        if (series < stats.numSeries() || chunks < stats.numChunks()) {
            throw corrupt(
                    meta,
                    "has less than meta.json says: series expected=%d, actual=%d; chunks expected=%d, actual=%d"
                            .formatted(stats.numSeries(), series, stats.numChunks(), chunks));
        }
    }

    private static CorruptDataException corrupt(BlockMeta meta, String detail) {
        return new CorruptDataException("block " + meta.id(), -1, detail);
    }
}
