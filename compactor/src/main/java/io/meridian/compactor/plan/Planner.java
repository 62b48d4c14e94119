package io.meridian.compactor.plan;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Which blocks of a group are to be merged next. Pure; equal to what Thanos plans (`pkg/compact/planner.go`).
public final class Planner {
    private static final double TOMBSTONES_MAX = 0.05;

    private final long[] ranges;

    /// @param ranges ascending, in milliseconds; the first is not planned for
    public Planner(long[] ranges) {
        this.ranges = ranges.clone();
    }

    /// The next blocks to merge, ascending by time; empty if there is nothing to do.
    ///
    /// @param group    blocks of one group
    /// @param excluded those marked `no-compact`
    public List<BlockMeta> plan(List<BlockMeta> group, Set<BlockId> excluded) {
        if (group.isEmpty()) {
            return List.of();
        }
        var blocks = new ArrayList<>(group);
        blocks.sort(Comparator.comparingLong(BlockMeta::minTimeMs));
        var allowed = new ArrayList<>(blocks);
        allowed.removeIf(block -> excluded.contains(block.id()));

        var overlapping = firstOverlap(allowed);
        if (!overlapping.isEmpty()) {
            return overlapping;
        }
        // The newest block may still be followed by others of its range.
        BlockMeta newest = blocks.removeLast();
        allowed.remove(newest);
        var byRange = byRange(blocks, excluded);
        return byRange.isEmpty() ? withManyTombstones(allowed) : byRange;
    }

    /// The first run of blocks of which each overlaps one before it.
    ///
    /// @param blocks ascending by time
    public static List<BlockMeta> firstOverlap(List<BlockMeta> blocks) {
        var overlapping = new ArrayList<BlockMeta>();
        if (blocks.size() < 2) {
            return overlapping;
        }
        long coveredMs = blocks.getFirst().maxTimeMs();
        for (int i = 1; i < blocks.size(); i++) {
            BlockMeta block = blocks.get(i);
            if (block.minTimeMs() < coveredMs) {
                if (overlapping.isEmpty()) {
                    overlapping.add(blocks.get(i - 1));
                }
                overlapping.add(block);
            } else if (!overlapping.isEmpty()) {
                break;
            }
            coveredMs = Math.max(coveredMs, block.maxTimeMs());
        }
        return overlapping;
    }

    private List<BlockMeta> byRange(List<BlockMeta> blocks, Set<BlockId> excluded) {
        if (ranges.length < 2 || blocks.isEmpty()) {
            return List.of();
        }
        long highMs = blocks.getLast().minTimeMs();
        for (int i = 1; i < ranges.length; i++) {
            for (var part : splitByRange(blocks, ranges[i])) {
                if (part.size() < 2
                        || part.stream().anyMatch(block -> block.compaction().failed())) {
                    continue;
                }
                long maxMs = part.getLast().maxTimeMs();
                boolean full = maxMs - part.getFirst().minTimeMs() == ranges[i];
                if (!full && maxMs > highMs) {
                    continue;
                }
                var piece = firstAllowedPiece(part, excluded);
                if (!piece.isEmpty()) {
                    return piece;
                }
            }
        }
        return List.of();
    }

    /// Blocks on both sides of an excluded one are not merged, or the result would overlap it.
    private static List<BlockMeta> firstAllowedPiece(List<BlockMeta> part, Set<BlockId> excluded) {
        int start = 0;
        for (int i = 0; i <= part.size(); i++) {
            if (i == part.size() || excluded.contains(part.get(i).id())) {
                if (i - start > 1) {
                    return part.subList(start, i);
                }
                start = i + 1;
            }
        }
        return List.of();
    }

    /// Blocks by the aligned range that they lie in; those that cross a border are left out.
    static List<List<BlockMeta>> splitByRange(List<BlockMeta> blocks, long rangeMs) {
        var parts = new ArrayList<List<BlockMeta>>();
        for (int i = 0; i < blocks.size(); ) {
            long endMs = (Math.floorDiv(blocks.get(i).minTimeMs(), rangeMs) + 1) * rangeMs;
            if (blocks.get(i).maxTimeMs() > endMs) {
                i++;
                continue;
            }
            var part = new ArrayList<BlockMeta>();
            while (i < blocks.size() && blocks.get(i).maxTimeMs() <= endMs) {
                part.add(blocks.get(i++));
            }
            parts.add(part);
        }
        return parts;
    }

    /// A long block of which much was deleted is worth rewriting alone.
    private List<BlockMeta> withManyTombstones(List<BlockMeta> allowed) {
        for (BlockMeta block : allowed.reversed()) {
            if (block.maxTimeMs() - block.minTimeMs() < ranges[ranges.length / 2]) {
                break;
            }
            if ((double) block.stats().numTombstones() / (block.stats().numSeries() + 1) > TOMBSTONES_MAX) {
                return List.of(block);
            }
        }
        return List.of();
    }
}
