package io.meridian.compactor.plan;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What retention will do to each block, and when. Pure.
public final class RetentionForecast {
    /// Times that never come.
    public static final long NEVER = Long.MAX_VALUE;

    private final RetentionPolicy policy;
    private final boolean downsampling;
    private final Duration deleteDelay;

    public RetentionForecast(RetentionPolicy policy, boolean downsampling, Duration deleteDelay) {
        this.policy = policy;
        this.downsampling = downsampling;
        this.deleteDelay = deleteDelay;
    }

    /// What keeps a block, or not any more.
    public enum State {
        /// For ever.
        KEPT,
        /// Until its time comes.
        AGES,
        /// Past its time, but a coarser resolution that is still wanted is not there.
        WAITS,
        /// The next pass marks it.
        DUE,
        /// Marked for deletion.
        MARKED
    }

    /// @param expiresMs when its period is over, in milliseconds since the epoch; [#NEVER]
    /// @param deletedMs when its bytes are gone at the earliest; [#NEVER]
    /// @param rule      what decides, for people
    /// @param waitsFor  resolution, in milliseconds, that has to be produced first; -1 if none
    /// @param bytes     in the bucket
    public record Row(
            BlockMeta block,
            State state,
            Duration period,
            long expiresMs,
            long deletedMs,
            String rule,
            long waitsFor,
            long bytes) {}

    /// One row for each block; what goes first comes first.
    ///
    /// @param whole     blocks that retention looks at
    /// @param sound     those of them that stand in for finer ones
    /// @param deletions blocks marked for deletion, and when, in milliseconds since the epoch
    public List<Row> of(
            List<BlockMeta> all,
            List<BlockMeta> whole,
            List<BlockMeta> sound,
            Map<BlockId, Long> deletions,
            Map<BlockId, Long> bytes,
            long nowMs) {
        var decisions = new HashMap<BlockId, Retention.Decision>();
        for (var decision : new Retention(policy, downsampling).decide(whole, sound, nowMs)) {
            decisions.put(decision.block().id(), decision);
        }
        var rows = new ArrayList<Row>();
        for (var block : all) {
            rows.add(row(
                    block,
                    decisions.get(block.id()),
                    deletions.get(block.id()),
                    bytes.getOrDefault(block.id(), 0L),
                    nowMs));
        }
        rows.sort(Comparator.comparingLong(Row::deletedMs)
                .thenComparingLong(Row::expiresMs)
                .thenComparing(row -> row.block().id()));
        return rows;
    }

    private Row row(
            BlockMeta block,
            Retention.@org.jspecify.annotations.Nullable Decision decision,
            @org.jspecify.annotations.Nullable Long markedMs,
            long bytes,
            long nowMs) {
        long resolutionMs = block.thanos().resolutionMs();
        var rule = policy.longest(block.thanos().labels(), resolutionMs);
        Duration period = rule.periods().of(resolutionMs);
        String why = rule.place() + ", " + Resolutions.name(resolutionMs);
        long expiresMs = period.isZero() ? NEVER : block.maxTimeMs() + period.toMillis();
        if (markedMs != null) {
            return new Row(block, State.MARKED, period, expiresMs, markedMs + deleteDelay.toMillis(), why, -1, bytes);
        }
        if (decision == null) {
            var state = period.isZero() ? State.KEPT : State.AGES;
            long deletedMs = period.isZero() ? NEVER : Math.max(nowMs, expiresMs) + deleteDelay.toMillis();
            return new Row(block, state, period, expiresMs, deletedMs, why, -1, bytes);
        }
        return decision.canGo()
                ? new Row(block, State.DUE, period, expiresMs, nowMs + deleteDelay.toMillis(), why, -1, bytes)
                : new Row(block, State.WAITS, period, expiresMs, NEVER, why, decision.waitsFor(), bytes);
    }
}
