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
        UNREADABLE
    }

    Labels externalLabels() {
        return meta == null ? Labels.empty() : meta.thanos().labels();
    }

    /// Times concerned; all where not known.
    TimeRange range() {
        return meta == null ? TimeRange.ALL : new TimeRange(meta.minTimeMs(), meta.maxTimeMs() - 1);
    }

    Notice notice() {
        return new Notice("block " + id, externalLabels(), range(), reason);
    }
}
