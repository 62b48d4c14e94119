package io.meridian.compactor.plan;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which blocks are to be downsampled. Pure.
///
/// Thanos waits until a block spans 40 hours (10 days for 1 h). That rule holds here, too; besides, a block is due once
/// it is that *old*, so that short and ended streams are not forgotten, and, if wanted, 5-minute data is made as soon
/// as a block was compacted for the first time.
public final class DownsampleSchedule {
    private static final long SPAN_FIVE_MINUTES = Duration.ofHours(40).toMillis();
    private static final long SPAN_ONE_HOUR = Duration.ofDays(10).toMillis();
    private static final int LEVEL_COMPACTED = 2;

    private final boolean asSoonAsPossible;
    private final Retention retention;

    /// Everything is wanted for ever.
    public DownsampleSchedule(boolean asSoonAsPossible) {
        this(asSoonAsPossible, new Retention(new RetentionPolicy(List.of(), RetentionPolicy.Periods.FOR_EVER), true));
    }

    /// @param retention what is not wanted any more is not made
    public DownsampleSchedule(boolean asSoonAsPossible, Retention retention) {
        this.asSoonAsPossible = asSoonAsPossible;
        this.retention = retention;
    }

    /// A block to read and the resolution to make of it.
    public record Step(BlockMeta block, long resolutionMs) {}

    /// @param blocks   of all streams and resolutions
    /// @param excluded  those marked `no-downsample`
    /// @param unmerged  those marked `no-compact`: nobody waits until they are merged
    /// @param unsound   those that cannot be read: what they should hold is made again
    public List<Step> due(
            List<BlockMeta> blocks, Set<BlockId> excluded, Set<BlockId> unmerged, Set<BlockId> unsound, long nowMs) {
        var candidates = new ArrayList<>(blocks);
        candidates.removeIf(block -> excluded.contains(block.id()));
        candidates.sort(Comparator.comparing(BlockMeta::id));
        var produced = new ProducedSources(
                blocks.stream().filter(block -> !unsound.contains(block.id())).toList());
        var byStream = new HashMap<GroupKey, List<BlockMeta>>();
        for (var block : candidates) {
            if (!unmerged.contains(block.id())) {
                byStream.computeIfAbsent(GroupKey.of(block), key -> new ArrayList<>())
                        .add(block);
            }
        }
        var due = new ArrayList<Step>();
        for (var block : candidates) {
            long to = Resolutions.coarser(block.thanos().resolutionMs());
            if (to > 0
                    && !produced.covers(block, to)
                    && isRipe(block, to, nowMs)
                    && retention.wants(block, to, produced, nowMs)
                    && (unmerged.contains(block.id()) || !overlapsOther(block, byStream))) {
                due.add(new Step(block, to));
            }
        }
        return due;
    }

    private boolean isRipe(BlockMeta block, long to, long nowMs) {
        long spanMin = to == Resolutions.FIVE_MINUTES ? SPAN_FIVE_MINUTES : SPAN_ONE_HOUR;
        return block.maxTimeMs() - block.minTimeMs() >= spanMin
                || nowMs - block.maxTimeMs() >= spanMin
                || (asSoonAsPossible
                        && to == Resolutions.FIVE_MINUTES
                        && block.compaction().level() >= LEVEL_COMPACTED);
    }

    /// Replicas, and data that came late, are merged before they are downsampled.
    private static boolean overlapsOther(BlockMeta block, Map<GroupKey, List<BlockMeta>> byStream) {
        for (var other : byStream.getOrDefault(GroupKey.of(block), List.of())) {
            if (!other.id().equals(block.id())
                    && other.minTimeMs() < block.maxTimeMs()
                    && block.minTimeMs() < other.maxTimeMs()) {
                return true;
            }
        }
        return false;
    }
}
