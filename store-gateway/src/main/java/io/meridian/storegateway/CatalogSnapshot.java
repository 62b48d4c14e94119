package io.meridian.storegateway;

import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The blocks served at one moment, and those that should be and cannot. Immutable.
record CatalogSnapshot(Map<BlockId, ServedBlock> blocks, List<BlockGroup> groups, List<BlockProblem> problems) {
    static final CatalogSnapshot EMPTY = new CatalogSnapshot(Map.of(), List.of(), List.of());

    /// The same with one problem more.
    CatalogSnapshot with(BlockProblem problem) {
        List<BlockProblem> more = new ArrayList<>(problems);
        more.add(problem);
        return new CatalogSnapshot(blocks, groups, List.copyOf(more));
    }

    static CatalogSnapshot of(Map<BlockId, ServedBlock> blocks, List<BlockProblem> problems) {
        Map<Labels, List<ServedBlock>> byLabels = new HashMap<>();
        for (ServedBlock block : blocks.values()) {
            byLabels.computeIfAbsent(block.meta().thanos().labels(), _ -> new ArrayList<>())
                    .add(block);
        }
        List<BlockGroup> groups = new ArrayList<>();
        byLabels.forEach((labels, list) -> groups.add(new BlockGroup(labels, list)));
        groups.sort(java.util.Comparator.comparing(BlockGroup::externalLabels));
        return new CatalogSnapshot(Map.copyOf(blocks), List.copyOf(groups), List.copyOf(problems));
    }
}
