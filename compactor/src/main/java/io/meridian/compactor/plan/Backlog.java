package io.meridian.compactor.plan;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// How much work there is, found by planning to the end without doing anything.
///
/// @param compactions      merges to do
/// @param compactionBlocks blocks that go into them
/// @param downsamplings    blocks to downsample
/// @param samples          that have to be read for all of it
public record Backlog(int compactions, int compactionBlocks, int downsamplings, long samples) {
    public static final Backlog NONE = new Backlog(0, 0, 0, 0);

    private static final int STEPS_MAX = 100_000;

    /// @param blocks of all streams
    public static Backlog of(
            List<BlockMeta> blocks,
            Set<BlockId> noCompact,
            Set<BlockId> noDownsample,
            Set<BlockId> unsound,
            Planner planner,
            DownsampleSchedule schedule,
            boolean downsampling,
            long nowMs) {
        var groups = new TreeMap<GroupKey, List<BlockMeta>>();
        for (var block : blocks) {
            groups.computeIfAbsent(GroupKey.of(block), key -> new ArrayList<>()).add(block);
        }
        int compactions = 0;
        int compactionBlocks = 0;
        long samples = 0;
        var after = new ArrayList<BlockMeta>();
        for (var group : groups.values()) {
            var left = new ArrayList<>(group);
            left.removeAll(Duplicates.of(group.stream()
                    .filter(block -> !unsound.contains(block.id()))
                    .toList()));
            var plan = planner.plan(left, noCompact);
            while (!plan.isEmpty() && compactions < STEPS_MAX) {
                compactions++;
                compactionBlocks += plan.size();
                samples += plan.stream()
                        .mapToLong(block -> block.stats().numSamples())
                        .sum();
                left.removeAll(plan);
                left.add(merged(plan));
                plan = planner.plan(left, noCompact);
            }
            after.addAll(left);
        }
        int downsamplings = 0;
        if (downsampling) {
            for (var step : schedule.due(after, noDownsample, noCompact, unsound, nowMs)) {
                downsamplings++;
                samples += step.block().stats().numSamples();
            }
        }
        return new Backlog(compactions, compactionBlocks, downsamplings, samples);
    }

    private static BlockMeta merged(List<BlockMeta> plan) {
        long minMs = Long.MAX_VALUE;
        long maxMs = Long.MIN_VALUE;
        long samples = 0;
        int level = 0;
        var sources = new TreeSet<BlockId>();
        for (var block : plan) {
            minMs = Math.min(minMs, block.minTimeMs());
            maxMs = Math.max(maxMs, block.maxTimeMs());
            samples += block.stats().numSamples();
            level = Math.max(level, block.compaction().level());
            sources.addAll(new HashSet<>(block.compaction().sources()));
        }
        return BlockMeta.of(
                plan.getFirst().id(),
                minMs,
                maxMs,
                new BlockMeta.Stats(samples, 0, 0, 0, 0, 0),
                new BlockMeta.Compaction(level + 1, List.copyOf(sources), List.of(), List.of()),
                plan.getFirst().thanos());
    }
}
