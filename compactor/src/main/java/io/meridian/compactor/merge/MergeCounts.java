package io.meridian.compactor.merge;

/// Where the samples of a merge's inputs went.
///
/// @param input      samples in all inputs
/// @param deleted    left out because tombstones delete them
/// @param duplicates in chunks that another block has, too, byte for byte
/// @param merged     left out where chunks overlap: same time in several blocks, or taken from another replica
/// @param expired    of series whose own retention is over
public record MergeCounts(long input, long deleted, long duplicates, long merged, long expired) {
    public MergeCounts(long input, long deleted, long duplicates, long merged) {
        this(input, deleted, duplicates, merged, 0);
    }

    MergeCounts withExpired(long count) {
        return new MergeCounts(input, deleted, duplicates, merged, count);
    }

    /// Samples that the output must have.
    public long output() {
        return input - deleted - duplicates - merged - expired;
    }
}
