package io.meridian.storegateway;

import io.meridian.model.Labels;
import io.meridian.model.Notice;
import io.meridian.model.TimeRange;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import org.jspecify.annotations.Nullable;

/// A block whose data is not served, and why.
///
/// @param meta   null where not even that could be read
/// @param kind   what that means for answers
/// @param reason one sentence for the operator
record BlockProblem(BlockId id, @Nullable BlockMeta meta, Kind kind, String reason) {
    enum Kind {
        /// No meta.json: an upload under way, or one that broke off. Nothing is known of its content.
        INCOMPLETE,
        /// It should be served and cannot be.
        UNREADABLE,
        /// It is served, but queries have met bytes in it that are broken or gone; those say so themselves.
        DAMAGED
    }

    Labels externalLabels() {
        return meta == null ? Labels.empty() : meta.thanos().labels();
    }

    /// Times concerned; all where not known.
    TimeRange range() {
        return meta == null || meta.minTimeMs() >= meta.maxTimeMs()
                ? TimeRange.ALL
                : new TimeRange(meta.minTimeMs(), meta.maxTimeMs() - 1);
    }

    /// A block of which nobody knows when its samples are: what meta.json says is not so.
    static BlockProblem ofUnknownTimes(BlockMeta meta, String reason) {
        return new BlockProblem(meta.id(), meta.withTimes(0, 0), Kind.UNREADABLE, reason);
    }

    /// Whether the block would answer at this resolution; a resolution that nobody knows may be any.
    boolean concerns(long maxResolutionMs) {
        return meta == null
                || meta.thanos().resolutionMs() <= maxResolutionMs
                || !isKnown(meta.thanos().resolutionMs());
    }

    /// Whether blocks of this resolution exist.
    static boolean isKnown(long resolutionMs) {
        return resolutionMs == 0 || resolutionMs == 300_000 || resolutionMs == 3_600_000;
    }

    Notice notice() {
        return new Notice("block " + id, externalLabels(), range(), reason);
    }
}
