package io.meridian.compactor.repair;

import io.meridian.compactor.merge.MergedMeta;
import io.meridian.model.TimeRange;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The meta.json of repaired blocks.
final class RebuiltMeta {
    static final String ADVICE =
            "the external labels are lost with meta.json: give them by --label name=\"value\" (and --resolution for a downsampled block) and repair again";

    private RebuiltMeta() {}

    /// What an operator says instead of a lost meta.json; its range and numbers come from the block.
    static BlockMeta of(BlockId id, RepairOptions options) {
        return BlockMeta.of(
                id,
                0,
                0,
                BlockMeta.Stats.EMPTY,
                new BlockMeta.Compaction(1, List.of(id), List.of(), List.of()),
                new BlockMeta.Thanos(options.labels(), options.resolutionMs(), ""));
    }

    /// @param old   the broken block
    /// @param range of the new one
    static BlockMeta repaired(
            BlockId id, BlockId old, BlockMeta meta, TimeRange range, BlockWriter.Summary summary, String source) {
        var before = meta.thanos();
        var compaction = meta.compaction();
        var sources = compaction.sources().isEmpty() ? List.of(old) : compaction.sources();
        var stats = before.resolutionMs() == 0
                ? summary.stats()
                : new BlockMeta.Stats(
                        summary.stats().numSamples(),
                        meta.stats().numFloatSamples(),
                        meta.stats().numHistogramSamples(),
                        summary.stats().numSeries(),
                        summary.stats().numChunks(),
                        0);
        var thanos = new BlockMeta.Thanos(
                before.version(),
                before.labels(),
                before.resolutionMs(),
                source,
                summary.segmentFiles(),
                List.of(),
                before.rewrites(),
                summary.indexStats(),
                extensions(before.extensions()),
                BlockMeta.Thanos.TIME_UNSET,
                before.unknown());
        return new BlockMeta(
                id,
                range.minMs(),
                range.maxMs(),
                stats,
                new BlockMeta.Compaction(
                        Math.max(1, compaction.level()),
                        sources,
                        List.of(new BlockMeta.Parent(old, meta.minTimeMs(), meta.maxTimeMs())),
                        compaction.hints()),
                thanos,
                false,
                meta.unknown());
    }

    private static Object extensions(@Nullable Object before) {
        var all = new LinkedHashMap<String, @Nullable Object>();
        if (before instanceof Map<?, ?> members) {
            members.forEach((name, value) -> all.put(String.valueOf(name), value));
        }
        var ours = new LinkedHashMap<String, @Nullable Object>();
        if (all.get(MergedMeta.EXTENSION) instanceof Map<?, ?> members) {
            members.forEach((name, value) -> ours.put(String.valueOf(name), value));
        }
        ours.put("writer", "repair");
        all.put(MergedMeta.EXTENSION, ours);
        return all;
    }
}
