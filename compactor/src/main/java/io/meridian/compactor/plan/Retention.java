package io.meridian.compactor.plan;

import io.meridian.tsdb.block.BlockMeta;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Which blocks have outlived their retention. Pure.
///
/// A block that is past its time stays as long as the policy still wants a coarser resolution of it that was not
/// produced yet.
public final class Retention {
    private final RetentionPolicy policy;
    private final boolean downsampling;

    /// @param downsampling whether coarser resolutions are made at all
    public Retention(RetentionPolicy policy, boolean downsampling) {
        this.policy = policy;
        this.downsampling = downsampling;
    }

    /// @param block   to be deleted, or kept in spite of its age
    /// @param period  that it outlived
    /// @param waitsFor resolution, in milliseconds, that has to be produced first; -1 if the block can go
    public record Decision(BlockMeta block, Duration period, long waitsFor) {
        public boolean canGo() {
            return waitsFor < 0;
        }
    }

    /// One decision for each block that is past its time.
    ///
    /// @param sound blocks that stand in for the finer ones that they were made of
    public List<Decision> decide(List<BlockMeta> blocks, List<BlockMeta> sound, long nowMs) {
        var produced = new ProducedSources(sound);
        var decisions = new ArrayList<Decision>();
        for (var block : blocks) {
            var periods = policy.periods(block.thanos().labels());
            Duration period = periods.of(block.thanos().resolutionMs());
            if (!isExpired(block, period, nowMs)) {
                continue;
            }
            decisions.add(new Decision(block, period, waitsFor(block, periods, produced, nowMs)));
        }
        return decisions;
    }

    /// Whether the policy wants the block at that resolution, or at a coarser one that is made of it and is not there.
    boolean wants(BlockMeta block, long resolutionMs, ProducedSources produced, long nowMs) {
        var periods = policy.periods(block.thanos().labels());
        for (long resolution = resolutionMs;
                resolution > 0 && !produced.covers(block, resolution);
                resolution = Resolutions.coarser(resolution)) {
            if (!isExpired(block, periods.of(resolution), nowMs)) {
                return true;
            }
        }
        return false;
    }

    private long waitsFor(BlockMeta block, RetentionPolicy.Periods periods, ProducedSources produced, long nowMs) {
        if (!downsampling) {
            return -1;
        }
        for (long resolution = Resolutions.coarser(block.thanos().resolutionMs());
                resolution > 0;
                resolution = Resolutions.coarser(resolution)) {
            // 1h is made from 5m: where 5m is there, raw is not needed for 1h any more.
            if (produced.covers(block, resolution)) {
                return -1;
            }
            if (!isExpired(block, periods.of(resolution), nowMs)) {
                return resolution;
            }
        }
        return -1;
    }

    /// Whole seconds count, as in Thanos.
    private static boolean isExpired(BlockMeta block, Duration period, long nowMs) {
        if (period.isZero()) {
            return false;
        }
        long endMs = Math.floorDiv(block.maxTimeMs(), 1000L) * 1000;
        return nowMs > endMs + period.toMillis();
    }
}
