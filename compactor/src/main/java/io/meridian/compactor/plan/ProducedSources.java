package io.meridian.compactor.plan;

import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Which sources exist at which resolution, per stream of external labels.
final class ProducedSources {
    private record Key(Labels labels, long resolutionMs) {}

    private final Map<Key, List<BlockMeta>> blocks = new HashMap<>();

    ProducedSources(List<BlockMeta> all) {
        for (var block : all) {
            blocks.computeIfAbsent(
                            new Key(block.thanos().labels(), block.thanos().resolutionMs()), key -> new ArrayList<>())
                    .add(block);
        }
    }

    /// Whether all sources of the block are there at the resolution, in blocks that overlap it: what another one claims
    /// to hold of other times does not count.
    boolean covers(BlockMeta block, long resolutionMs) {
        var present = new HashSet<BlockId>();
        for (var other : blocks.getOrDefault(new Key(block.thanos().labels(), resolutionMs), List.of())) {
            if (other.minTimeMs() < block.maxTimeMs() && block.minTimeMs() < other.maxTimeMs()) {
                present.addAll(other.compaction().sources());
            }
        }
        return !present.isEmpty() && present.containsAll(block.compaction().sources());
    }
}
