package io.meridian.storegateway;

import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// The blocks of one set of external labels, by resolution. Immutable.
final class BlockGroup {
    private static final Comparator<ServedBlock> BY_TIME = Comparator.comparingLong(
                    (ServedBlock block) -> block.meta().minTimeMs())
            .thenComparingLong(block -> block.meta().maxTimeMs());

    /// Blocks of one resolution, by time.
    private record Level(long resolutionMs, List<ServedBlock> blocks) {}

    private final Labels externalLabels;

    /// Coarsest first.
    private final List<Level> levels = new ArrayList<>();

    BlockGroup(Labels externalLabels, Collection<ServedBlock> blocks) {
        this.externalLabels = externalLabels;
        var byResolution = new TreeMap<Long, List<ServedBlock>>(Comparator.reverseOrder());
        for (ServedBlock block : blocks) {
            byResolution
                    .computeIfAbsent(block.meta().thanos().resolutionMs(), _ -> new ArrayList<>())
                    .add(block);
        }
        byResolution.forEach((resolution, list) -> {
            list.sort(BY_TIME);
            levels.add(new Level(resolution, List.copyOf(list)));
        });
    }

    Labels externalLabels() {
        return externalLabels;
    }

    /// All blocks that have something in the range.
    List<ServedBlock> overlapping(TimeRange range) {
        List<ServedBlock> all = new ArrayList<>();
        for (Level level : levels) {
            for (ServedBlock block : level.blocks()) {
                if (block.range().overlaps(range)) {
                    all.add(block);
                }
            }
        }
        return all;
    }

    /// Blocks that cover the range at the coarsest resolution allowed, and what those leave open at finer ones, as
    /// Thanos chooses them.
    Set<ServedBlock> choose(TimeRange range, long maxResolutionMs) {
        int level = 0;
        while (level < levels.size() && levels.get(level).resolutionMs() > maxResolutionMs) {
            level++;
        }
        Set<ServedBlock> chosen = new LinkedHashSet<>();
        fill(level, range.minMs(), range.maxMs(), chosen);
        return chosen;
    }

    private void fill(int level, long minMs, long maxMs, Set<ServedBlock> chosen) {
        if (minMs > maxMs || level >= levels.size()) {
            return;
        }
        long start = minMs;
        for (ServedBlock block : levels.get(level).blocks()) {
            if (block.meta().maxTimeMs() <= minMs) {
                continue;
            }
            if (block.meta().minTimeMs() > maxMs) {
                break;
            }
            fill(level + 1, start, block.meta().minTimeMs() - 1, chosen);
            chosen.add(block);
            start = Math.max(start, block.meta().maxTimeMs());
        }
        fill(level + 1, start, maxMs, chosen);
    }

    /// Blocks of the finest resolution that is too coarse, where [#choose] finds none; empty if there are none.
    Set<ServedBlock> chooseCoarser(TimeRange range, long maxResolutionMs) {
        for (int level = levels.size() - 1; level >= 0; level--) {
            if (levels.get(level).resolutionMs() > maxResolutionMs) {
                Set<ServedBlock> chosen = new LinkedHashSet<>();
                fill(level, range.minMs(), range.maxMs(), chosen);
                if (!chosen.isEmpty()) {
                    return chosen;
                }
            }
        }
        return Set.of();
    }

    /// Times that the blocks have, joined where they touch.
    List<TimeRange> ranges() {
        List<TimeRange> sorted = levels.stream()
                .flatMap(level -> level.blocks().stream())
                .map(block ->
                        new TimeRange(block.meta().minTimeMs(), block.meta().maxTimeMs()))
                .sorted(Comparator.comparingLong(TimeRange::minMs))
                .toList();
        List<TimeRange> joined = new ArrayList<>();
        for (TimeRange range : sorted) {
            TimeRange last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && range.minMs() <= last.maxMs()) {
                joined.set(joined.size() - 1, new TimeRange(last.minMs(), Math.max(last.maxMs(), range.maxMs())));
            } else {
                joined.add(range);
            }
        }
        return joined;
    }
}
