package io.meridian.compactor;

import io.meridian.compactor.merge.Deduplication;
import io.meridian.compactor.plan.BlockRanges;
import io.meridian.compactor.plan.DownsampleSchedule;
import io.meridian.compactor.plan.Planner;
import io.meridian.compactor.plan.Retention;
import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.TimeRange;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.SelectorRules;
import java.time.Duration;
import java.util.List;

/// How a compactor works. Immutable.
///
/// @param limits   memory, scratch space and streams that are worked on at once
/// @param takeOver whether to work where another program's compactor wrote lately
public record CompactorOptions(
        Scope scope,
        Delays delays,
        Merging merging,
        Downsampling downsampling,
        RetentionPolicy retention,
        WorkLimits limits,
        boolean takeOver) {
    public static final CompactorOptions DEFAULT = new CompactorOptions(
            new Scope(TimeRange.ALL, SelectorRules.ALL),
            new Delays(Duration.ofMinutes(30), Duration.ofDays(2)),
            new Merging(Deduplication.NONE, List.of(), false, BlockRanges.LEVEL_MAX, 64L << 30, false),
            new Downsampling(true, true),
            RetentionPolicy.of(Duration.ZERO, Duration.ZERO, Duration.ZERO),
            WorkLimits.DEFAULT,
            false);

    /// Which blocks are taken care of; the others are left alone.
    ///
    /// @param range that a block must touch
    public record Scope(TimeRange range, SelectorRules selector) {
        boolean touches(BlockMeta block) {
            return block.maxTimeMs() >= range.minMs() && block.minTimeMs() <= range.maxMs();
        }
    }

    /// @param consistency how old an upload must be before it is looked at; does not apply to compactors' own blocks
    /// @param deletion    from a deletion mark to the deletion
    public record Delays(Duration consistency, Duration deletion) {}

    /// @param replicaLabels external labels that tell replicas apart; blocks that differ in nothing else are one group
    /// @param vertical      whether any overlapping blocks of a group may be merged; always if there are replicas
    /// @param levelMax      highest level of [BlockRanges]
    /// @param indexBytesMax length that no merged index may reach
    /// @param withHashes    whether meta.json lists SHA-256 sums
    public record Merging(
            Deduplication deduplication,
            List<String> replicaLabels,
            boolean vertical,
            int levelMax,
            long indexBytesMax,
            boolean withHashes) {
        public Merging {
            replicaLabels = List.copyOf(replicaLabels);
            vertical |= !replicaLabels.isEmpty();
        }
    }

    /// @param enabled          whether coarser resolutions are made
    /// @param asSoonAsPossible whether 5-minute data is made when a block is first compacted
    public record Downsampling(boolean enabled, boolean asSoonAsPossible) {}

    Planner planner() {
        return new Planner(BlockRanges.upTo(merging.levelMax));
    }

    DownsampleSchedule schedule() {
        return new DownsampleSchedule(downsampling.asSoonAsPossible, blockRetention());
    }

    Retention blockRetention() {
        return new Retention(retention, downsampling.enabled);
    }

    public CompactorOptions withSelector(SelectorRules rules) {
        return new CompactorOptions(
                new Scope(scope.range, rules), delays, merging, downsampling, retention, limits, takeOver);
    }

    public CompactorOptions withDelays(Duration consistency, Duration deletion) {
        return new CompactorOptions(
                scope, new Delays(consistency, deletion), merging, downsampling, retention, limits, takeOver);
    }

    /// Replicas that differ in these labels only become one group, whose blocks overlap.
    public CompactorOptions withReplicas(List<String> labels, Deduplication function) {
        var merged = new Merging(
                function, labels, merging.vertical, merging.levelMax, merging.indexBytesMax, merging.withHashes);
        return new CompactorOptions(scope, delays, merged, downsampling, retention, limits, takeOver);
    }

    public CompactorOptions withRetention(RetentionPolicy policy) {
        return new CompactorOptions(scope, delays, merging, downsampling, policy, limits, takeOver);
    }

    public CompactorOptions withLimits(WorkLimits newLimits) {
        return new CompactorOptions(scope, delays, merging, downsampling, retention, newLimits, takeOver);
    }
}
