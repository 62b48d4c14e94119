package io.meridian.compactor.plan;

import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which sources exist at which resolution, per stream of external labels.
final class ProducedSources {
    private record Key(Labels labels, long resolutionMs) {}

    private final Map<Key, Set<BlockId>> sources = new HashMap<>();

    ProducedSources(List<BlockMeta> blocks) {
        for (var block : blocks) {
            sources.computeIfAbsent(
                            new Key(block.thanos().labels(), block.thanos().resolutionMs()), key -> new HashSet<>())
                    .addAll(block.compaction().sources());
        }
    }

    /// Whether all sources of the block are there at the resolution.
    boolean covers(BlockMeta block, long resolutionMs) {
        Set<BlockId> present = sources.get(new Key(block.thanos().labels(), resolutionMs));
        return present != null && present.containsAll(block.compaction().sources());
    }
}
