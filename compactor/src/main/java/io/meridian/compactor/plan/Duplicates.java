package io.meridian.compactor.plan;

import io.meridian.tsdb.block.BlockMeta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds blocks whose data is in another block of their group: all their sources are among the other's. Of two with
/// equal sources the older identifier stays.
public final class Duplicates {
    private Duplicates() {}

    /// The blocks of one group that can go.
    public static List<BlockMeta> of(List<BlockMeta> group) {
        var sorted = new ArrayList<>(group);
        sorted.sort(Comparator.<BlockMeta>comparingInt(
                        block -> -block.compaction().sources().size())
                .thenComparing(BlockMeta::id));
        var kept = new ArrayList<Set<?>>();
        var duplicates = new ArrayList<BlockMeta>();
        for (var block : sorted) {
            var sources = new HashSet<>(block.compaction().sources());
            if (!sources.isEmpty() && kept.stream().anyMatch(other -> other.containsAll(sources))) {
                duplicates.add(block);
            } else {
                kept.add(sources);
            }
        }
        return duplicates;
    }
}
