package io.meridian.compactor;

import io.meridian.compactor.merge.Deduplication;
import io.meridian.compactor.plan.BlockRanges;
import io.meridian.compactor.plan.DownsampleSchedule;
import io.meridian.compactor.plan.Retention;
import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.TimeRange;
import io.meridian.tsdb.block.SelectorRules;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// How a compactor works. Immutable.
///
/// @param consistencyDelay how old an upload must be before it is looked at; does not apply to compactors' own blocks
/// @param deleteDelay      from a deletion mark to the deletion
/// @param downsampling     whether coarser resolutions are made
/// @param asSoonAsPossible whether 5-minute data is made when a block is first compacted
/// @param vertical         whether any overlapping blocks of a group may be merged
/// @param replicaLabels    external labels that tell replicas apart; blocks that differ in nothing else are one group
/// @param levelMax         highest level of [BlockRanges]
/// @param indexBytesMax    length that no merged index may reach
/// @param withHashes       whether meta.json lists SHA-256 sums
/// @param concurrency      streams that are worked on at once
/// @param range            blocks outside of it are left alone
/// @param takeOver         whether to work where another program's compactor wrote lately
/// @param selector         blocks that it drops are left alone, too
/// @param limits           memory and scratch space
public record CompactorOptions(
        Duration consistencyDelay,
        Duration deleteDelay,
        RetentionPolicy retention,
        boolean downsampling,
        boolean asSoonAsPossible,
        boolean vertical,
        Deduplication deduplication,
        List<String> replicaLabels,
        int levelMax,
        long indexBytesMax,
        boolean withHashes,
        int concurrency,
        TimeRange range,
        boolean takeOver,
        SelectorRules selector,
        WorkLimits limits) {
    public static final CompactorOptions DEFAULT = new CompactorOptions(
            Duration.ofMinutes(30),
            Duration.ofDays(2),
            RetentionPolicy.of(Duration.ZERO, Duration.ZERO, Duration.ZERO),
            true,
            true,
            false,
            Deduplication.NONE,
            List.of(),
            BlockRanges.LEVEL_MAX,
            64L << 30,
            false,
            1,
            TimeRange.ALL,
            false,
            SelectorRules.ALL,
            WorkLimits.DEFAULT);

    public CompactorOptions {
        replicaLabels = List.copyOf(replicaLabels);
    }

    DownsampleSchedule schedule() {
        return new DownsampleSchedule(asSoonAsPossible, new Retention(retention, downsampling));
    }

    public CompactorOptions withDelays(Duration consistency, Duration delete) {
        return with(changed -> {
            changed.consistencyDelay = consistency;
            changed.deleteDelay = delete;
        });
    }

    public CompactorOptions withRetention(RetentionPolicy policy) {
        return with(changed -> changed.retention = policy);
    }

    /// Replicas that differ in these labels only become one group, whose blocks overlap.
    public CompactorOptions withReplicas(List<String> labels, Deduplication function) {
        return with(changed -> {
            changed.replicaLabels = labels;
            changed.deduplication = function;
            changed.vertical |= !labels.isEmpty();
        });
    }

    public CompactorOptions withSelector(SelectorRules rules) {
        return with(changed -> changed.selector = rules);
    }

    public CompactorOptions withLimits(WorkLimits newLimits) {
        return with(changed -> changed.limits = newLimits);
    }

    private CompactorOptions with(Consumer<Changed> change) {
        var changed = new Changed(this);
        change.accept(changed);
        return changed.options();
    }

    /// A copy that is being changed: what most calls change, beside the rest.
    private static final class Changed {
        private final CompactorOptions old;
        private Duration consistencyDelay;
        private Duration deleteDelay;
        private RetentionPolicy retention;
        private boolean vertical;
        private Deduplication deduplication;
        private List<String> replicaLabels;
        private SelectorRules selector;
        private WorkLimits limits;

        Changed(CompactorOptions old) {
            this.old = old;
            consistencyDelay = old.consistencyDelay;
            deleteDelay = old.deleteDelay;
            retention = old.retention;
            vertical = old.vertical;
            deduplication = old.deduplication;
            replicaLabels = old.replicaLabels;
            selector = old.selector;
            limits = old.limits;
        }

        CompactorOptions options() {
            return new CompactorOptions(
                    consistencyDelay,
                    deleteDelay,
                    retention,
                    old.downsampling,
                    old.asSoonAsPossible,
                    vertical,
                    deduplication,
                    replicaLabels,
                    old.levelMax,
                    old.indexBytesMax,
                    old.withHashes,
                    old.concurrency,
                    old.range,
                    old.takeOver,
                    selector,
                    limits);
        }
    }
}
