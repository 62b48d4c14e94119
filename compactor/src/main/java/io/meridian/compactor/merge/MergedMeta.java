package io.meridian.compactor.merge;

import io.meridian.compactor.plan.SeriesLimit;
import io.meridian.compactor.plan.SeriesRetention;
import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The meta.json of merged and of downsampled blocks.
public final class MergedMeta {
    /// Our member of `thanos.extensions`; tells who wrote the block.
    public static final String EXTENSION = "meridian";

    private static final String SOURCE = "compactor";
    private static final String WRITER = "writer";
    private static final String OUT_OF_ORDER = "from_out_of_order";
    private static final String TRIMMED = "trimmed";
    private static final String APPLIED = "applied";

    private MergedMeta() {}

    /// @param inputs in the order merged
    /// @param labels    external labels of the result
    /// @param retention what was applied to the series
    static BlockMeta merged(
            BlockId id, List<BlockMeta> inputs, Labels labels, SeriesRetention retention, BlockWriter.Summary summary) {
        long minMs = Long.MAX_VALUE;
        long maxMs = Long.MIN_VALUE;
        int level = 0;
        var sources = new TreeSet<BlockId>();
        var parents = new ArrayList<BlockMeta.Parent>();
        boolean plain = true;
        boolean outOfOrder = true;
        for (var input : inputs) {
            minMs = Math.min(minMs, input.minTimeMs());
            maxMs = Math.max(maxMs, input.maxTimeMs());
            level = Math.max(level, input.compaction().level());
            sources.addAll(input.compaction().sources());
            parents.add(new BlockMeta.Parent(input.id(), input.minTimeMs(), input.maxTimeMs()));
            plain &= input.isPlain();
            outOfOrder &= SeriesMerger.isOutOfOrder(input);
        }
        var hints = plain && outOfOrder ? List.of(SeriesMerger.FROM_OUT_OF_ORDER) : List.<String>of();
        var compaction = new BlockMeta.Compaction(Math.max(level, level + 1), List.copyOf(sources), parents, hints);
        if (plain) {
            return new BlockMeta(id, minMs, maxMs, summary.stats(), compaction, BlockMeta.Thanos.EMPTY, true, Map.of());
        }
        var thanos = new BlockMeta.Thanos(labels, inputs.getFirst().thanos().resolutionMs(), SOURCE)
                .withSegmentFiles(summary.segmentFiles())
                .withIndexStats(summary.indexStats())
                .withExtensions(extensions(inputs, outOfOrder, trimmed(inputs), retention.limitsAfter(minMs)));
        return BlockMeta.of(id, minMs, maxMs, summary.stats(), compaction, thanos);
    }

    /// A copy of the input's, with what the new block has.
    public static BlockMeta downsampled(BlockId id, BlockMeta input, long resolutionMs, BlockWriter.Summary summary) {
        return downsampled(id, input, List.of(), resolutionMs, summary);
    }

    /// As above.
    ///
    /// @param replaced blocks of the new one's resolution whose windows it took over
    public static BlockMeta downsampled(
            BlockId id, BlockMeta input, List<BlockMeta> replaced, long resolutionMs, BlockWriter.Summary summary) {
        var old = input.stats();
        var stats = new BlockMeta.Stats(
                summary.stats().numSamples(),
                old.numFloatSamples(),
                old.numHistogramSamples(),
                summary.stats().numSeries(),
                summary.stats().numChunks(),
                old.numTombstones(),
                old.unknown());
        var known = input.thanos().indexStats();
        var found = summary.indexStats();
        var indexStats = new BlockMeta.IndexStats(
                found.seriesBytesMax() > 0 ? found.seriesBytesMax() : known.seriesBytesMax(),
                found.chunkBytesMax() > 0 ? found.chunkBytesMax() : known.chunkBytesMax());
        var before = input.thanos();
        // What the input lacks the result lacks, too, unless a replaced block had it.
        var inputs = new ArrayList<>(replaced);
        inputs.add(input);
        // Files and upload time are those of the new block, once it is uploaded.
        var thanos = new BlockMeta.Thanos(
                before.version(),
                before.labels(),
                resolutionMs,
                SOURCE,
                summary.segmentFiles(),
                List.of(),
                before.rewrites(),
                indexStats,
                extensions(List.of(input), SeriesMerger.isOutOfOrder(input), trimmed(inputs), List.of()),
                BlockMeta.Thanos.TIME_UNSET,
                before.unknown());
        return input.withId(id).withStats(stats).withThanos(thanos);
    }

    /// Whether a compactor of ours wrote the block.
    public static boolean isOurs(BlockMeta meta) {
        return ours(meta) != null;
    }

    /// The series of the block that lack samples because their retention was over, and until when.
    public static List<SeriesLimit> trimmed(BlockMeta meta) {
        var ours = ours(meta);
        return ours == null ? List.of() : SeriesLimit.fromJson(ours.get(TRIMMED));
    }

    /// What was taken out of the block, if it was there, when it was written.
    public static List<SeriesLimit> applied(BlockMeta meta) {
        var ours = ours(meta);
        return ours == null ? List.of() : SeriesLimit.fromJson(ours.get(APPLIED));
    }

    private static List<SeriesLimit> trimmed(List<BlockMeta> inputs) {
        return inputs.stream().flatMap(input -> trimmed(input).stream()).toList();
    }

    static boolean remembersOutOfOrder(BlockMeta meta) {
        var ours = ours(meta);
        return ours != null && Boolean.TRUE.equals(ours.get(OUT_OF_ORDER));
    }

    private static @Nullable Map<?, ?> ours(BlockMeta meta) {
        return meta.thanos().extensions() instanceof Map<?, ?> extensions
                        && extensions.get(EXTENSION) instanceof Map<?, ?> ours
                ? ours
                : null;
    }

    /// What all blocks that have extensions agree on, and our own member.
    private static Map<String, @Nullable Object> extensions(
            List<BlockMeta> inputs, boolean outOfOrder, List<SeriesLimit> trimmed, List<SeriesLimit> applied) {
        @Nullable Map<String, @Nullable Object> common = null;
        for (var input : inputs) {
            if (!(input.thanos().extensions() instanceof Map<?, ?> members)) {
                continue;
            }
            if (common == null) {
                common = new LinkedHashMap<>();
                for (var member : members.entrySet()) {
                    common.put(String.valueOf(member.getKey()), member.getValue());
                }
            } else {
                common.entrySet().removeIf(member -> !Objects.equals(members.get(member.getKey()), member.getValue()));
            }
        }
        Map<String, @Nullable Object> result = common == null ? new LinkedHashMap<>() : common;
        var ours = new LinkedHashMap<String, @Nullable Object>();
        ours.put(WRITER, SOURCE);
        if (outOfOrder) {
            ours.put(OUT_OF_ORDER, true);
        }
        var all = new ArrayList<>(trimmed);
        all.addAll(applied);
        putUnlessEmpty(ours, TRIMMED, SeriesLimit.union(all));
        putUnlessEmpty(ours, APPLIED, applied);
        result.put(EXTENSION, ours);
        return result;
    }

    private static void putUnlessEmpty(Map<String, @Nullable Object> out, String key, List<SeriesLimit> limits) {
        if (!limits.isEmpty()) {
            out.put(key, limits.stream().map(SeriesLimit::toJson).toList());
        }
    }
}
