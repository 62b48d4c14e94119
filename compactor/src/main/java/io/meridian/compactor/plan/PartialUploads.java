package io.meridian.compactor.plan;

import io.meridian.tsdb.block.BlockId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which unfinished uploads are abandoned: no readable meta.json, not marked for deletion, and nothing of them was
/// written for two days.
public final class PartialUploads {
    public static final Duration ABANDONED_AFTER = Duration.ofDays(2);

    private PartialUploads() {}

    /// @param lastModifiedMs newest modification below each incomplete block, or the time in its identifier
    /// @param marked         blocks with a deletion mark
    public static List<BlockId> abandoned(Map<BlockId, Long> lastModifiedMs, Set<BlockId> marked, long nowMs) {
        var abandoned = new ArrayList<BlockId>();
        lastModifiedMs.forEach((block, modifiedMs) -> {
            if (!marked.contains(block) && nowMs - modifiedMs > ABANDONED_AFTER.toMillis()) {
                abandoned.add(block);
            }
        });
        abandoned.sort(null);
        return abandoned;
    }
}
