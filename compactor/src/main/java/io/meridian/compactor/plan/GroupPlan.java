package io.meridian.compactor.plan;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/// A plan and what has to be marked before it is carried out.
///
/// @param blocks to merge, ascending by time; empty if nothing is to do
/// @param marks  blocks that are not to be compacted any more
public record GroupPlan(List<BlockMeta> blocks, List<NoCompact> marks) {
    /// A `no-compact-mark.json` to be written.
    public record NoCompact(BlockId block, String reason, String details) {}

    private static final double INDEX_SHARE_MAX = 0.85;

    /// Plans until a plan stands that needs no more marks.
    ///
    /// @param excluded   those marked `no-compact` already
    /// @param indexBytes length of a block's index
    /// @param indexLimit length that no merged index may reach
    public static GroupPlan of(
            Planner planner,
            List<BlockMeta> group,
            Set<BlockId> excluded,
            ToLongFunction<BlockMeta> indexBytes,
            long indexLimit) {
        var allExcluded = new HashSet<>(excluded);
        var marks = new ArrayList<NoCompact>();
        while (true) {
            var blocks = planner.plan(group, allExcluded);
            var wanted = new ArrayList<NoCompact>();
            largestBeyond(blocks, indexBytes, indexLimit, wanted);
            if (wanted.isEmpty()) {
                return new GroupPlan(blocks, List.copyOf(marks));
            }
            for (var mark : wanted) {
                allExcluded.add(mark.block());
                marks.add(mark);
            }
        }
    }

    /// Adds a mark for the block with the largest index up to the point where the sum passes the limit.
    private static void largestBeyond(
            List<BlockMeta> blocks, ToLongFunction<BlockMeta> indexBytes, long limit, List<NoCompact> marks) {
        if (blocks.size() < 2) {
            return;
        }
        long sum = 0;
        long largestBytes = -1;
        BlockMeta largest = blocks.getFirst();
        for (var block : blocks) {
            long bytes = indexBytes.applyAsLong(block);
            if (bytes > largestBytes) {
                largest = block;
                largestBytes = bytes;
            }
            sum += bytes;
            if (sum >= (long) (limit * INDEX_SHARE_MAX)) {
                marks.add(new NoCompact(
                        largest.id(),
                        BlockMark.REASON_INDEX_SIZE,
                        "index of the merged block would pass its limit: sum=%d, limit=%d".formatted(sum, limit)));
                return;
            }
        }
    }
}
