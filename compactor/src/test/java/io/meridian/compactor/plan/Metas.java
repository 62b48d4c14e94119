package io.meridian.compactor.plan;

import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.util.List;
import java.util.Map;

/// Metas for tables of cases.
final class Metas {
    private Metas() {}

    /// Identifiers that sort as their numbers do.
    static BlockId id(int number) {
        return BlockId.parse("0000000000000000000000%04d".formatted(number));
    }

    static BlockMeta raw(int id, long minMs, long maxMs) {
        return meta(id, minMs, maxMs, 0, 1, List.of(id(id)));
    }

    static BlockMeta meta(int id, long minMs, long maxMs, long resolutionMs, int level, List<BlockId> sources) {
        return meta(id, minMs, maxMs, resolutionMs, level, sources, 0, false);
    }

    static BlockMeta meta(
            int id,
            long minMs,
            long maxMs,
            long resolutionMs,
            int level,
            List<BlockId> sources,
            long tombstones,
            boolean failed) {
        return BlockMeta.of(
                id(id),
                minMs,
                maxMs,
                new BlockMeta.Stats(0, 0, 0, 10, 0, tombstones),
                new BlockMeta.Compaction(level, sources, false, List.of(), failed, List.of(), Map.of()),
                new BlockMeta.Thanos(Labels.of("cluster", "c1"), resolutionMs, "test"));
    }
}
