package io.meridian.compactor.plan;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds blocks whose data is in another block of their group: all their sources are among the other's, and their time
/// is within the other's. A block that claims the sources of other times lies. Of two with equal sources and times the
/// older identifier stays.
public final class Duplicates {
    private Duplicates() {}

    private record Kept(BlockMeta meta, Set<BlockId> sources) {
        boolean holds(BlockMeta block, Set<BlockId> itsSources) {
            return sources.containsAll(itsSources)
                    && meta.minTimeMs() <= block.minTimeMs()
                    && block.maxTimeMs() <= meta.maxTimeMs();
        }
    }

    /// The blocks of one group that can go.
    public static List<BlockMeta> of(List<BlockMeta> group) {
        var sorted = new ArrayList<>(group);
        sorted.sort(Comparator.<BlockMeta>comparingInt(
                        block -> -block.compaction().sources().size())
                .thenComparingLong(block -> block.minTimeMs() - block.maxTimeMs())
                .thenComparing(BlockMeta::id));
        var kept = new ArrayList<Kept>();
        var duplicates = new ArrayList<BlockMeta>();
        for (var block : sorted) {
            var sources = new HashSet<>(block.compaction().sources());
            if (!sources.isEmpty() && kept.stream().anyMatch(other -> other.holds(block, sources))) {
                duplicates.add(block);
            } else {
                kept.add(new Kept(block, sources));
            }
        }
        return duplicates;
    }
}
