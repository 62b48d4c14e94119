package io.meridian.compactor;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockObjects;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a bucket holds at one moment, as the compactor sees it.
///
/// @param objects      every folder named like a block
/// @param visible      blocks to work on: complete, readable, old enough, not marked for deletion; without replica
/// labels
/// @param all          every block whose meta data can be read
/// @param unreadable   blocks whose meta data cannot be understood, and why
/// @param broken       blocks that lack a file that their meta data names, or have it with another size, and which
/// @param damagedMarks blocks whose deletion mark cannot be understood and does not count, and why
/// @param deletions    blocks marked for deletion, and when, in milliseconds since the epoch
/// @param noCompact    blocks marked not to be compacted
/// @param noDownsample blocks marked not to be downsampled
record BucketView(
        Map<BlockId, BlockObjects> objects,
        List<BlockMeta> visible,
        List<BlockMeta> all,
        Map<BlockId, CorruptDataException> unreadable,
        Map<BlockId, String> broken,
        Map<BlockId, String> damagedMarks,
        Map<BlockId, Long> deletions,
        Set<BlockId> noCompact,
        Set<BlockId> noDownsample) {
    private static final Logger log = LoggerFactory.getLogger(BucketView.class);
    private static final Set<String> OWN_SOURCES = Set.of("compactor", "compactor.repair", "bucket.repair");
    private static final String REPLICAS_MERGED = "deduped";

    /// @throws IOException if the view would not be complete
    static BucketView of(BlockStore store, CompactorOptions options, long nowMs) throws IOException {
        var objects = store.discover();
        var metas = store.metas(BlockStore.complete(objects));
        dropOthers(objects, metas, options);
        var unreadable = new TreeMap<BlockId, CorruptDataException>();
        for (var failure : metas.failures().entrySet()) {
            switch (failure.getValue()) {
                case CorruptDataException corrupt -> unreadable.put(failure.getKey(), corrupt);
                case IOException e ->
                    throw new IOException("meta data of block " + failure.getKey() + " cannot be read", e);
                default -> throw new IllegalStateException(failure.getValue());
            }
        }
        var deletions = new TreeMap<BlockId, Long>();
        var damagedMarks = new TreeMap<BlockId, String>();
        var noCompact = new HashSet<BlockId>();
        var noDownsample = new HashSet<BlockId>();
        for (var block : objects.values()) {
            for (var kind : block.marks()) {
                switch (kind) {
                    case DELETION -> readDeletion(store, block.id(), deletions, damagedMarks);
                    case NO_COMPACT -> noCompact.add(block.id());
                    case NO_DOWNSAMPLE -> noDownsample.add(block.id());
                }
            }
        }
        var visible = new ArrayList<BlockMeta>();
        var broken = new TreeMap<BlockId, String>();
        for (var meta : metas.found().values()) {
            if (!deletions.containsKey(meta.id())
                    && isOldEnough(meta, options.consistencyDelay(), nowMs)
                    && meta.maxTimeMs() >= options.range().minMs()
                    && meta.minTimeMs() <= options.range().maxMs()) {
                visible.add(withoutReplicas(meta, options.replicaLabels()));
                var found = objects.get(meta.id());
                String missing = found == null ? "" : missing(meta, found);
                if (!missing.isEmpty()) {
                    broken.put(meta.id(), missing);
                }
            }
        }
        return new BucketView(
                objects,
                visible,
                List.copyOf(metas.found().values()),
                unreadable,
                broken,
                damagedMarks,
                deletions,
                noCompact,
                noDownsample);
    }

    /// Blocks that another compactor takes care of do not exist for this one.
    private static void dropOthers(
            Map<BlockId, BlockObjects> objects, BlockStore.Metas metas, CompactorOptions options) {
        metas.found().values().removeIf(meta -> {
            var labels = meta.thanos().labels().without(options.replicaLabels());
            boolean dropped = !options.selector().keeps(meta.id().toString(), labels);
            if (dropped) {
                objects.remove(meta.id());
            }
            return dropped;
        });
    }

    /// What the block lacks, by the listing alone; empty if nothing.
    private static String missing(BlockMeta meta, BlockObjects found) {
        if (!found.objects().containsKey(BlockFiles.INDEX)) {
            return "file is missing: " + BlockFiles.INDEX;
        }
        for (var file : meta.thanos().files()) {
            var object = found.objects().get(file.path());
            if (object == null) {
                return "file is missing: " + file.path();
            }
            if (file.sizeBytes() > 0 && object.sizeBytes() != file.sizeBytes()) {
                return "size of %s is not that in meta.json: expected=%d, actual=%d"
                        .formatted(file.path(), file.sizeBytes(), object.sizeBytes());
            }
        }
        return "";
    }

    private static void readDeletion(
            BlockStore store, BlockId id, Map<BlockId, Long> deletions, Map<BlockId, String> damaged)
            throws IOException {
        try {
            var mark = store.mark(id, BlockMark.Kind.DELETION);
            if (mark != null) {
                deletions.put(id, mark.timeSeconds() * 1000);
            }
        } catch (CorruptDataException e) {
            damaged.put(id, "its deletion mark cannot be understood and does not count: " + e.getMessage());
            log.atWarn()
                    .addKeyValue("block", id)
                    .addKeyValue("reason", e.getMessage())
                    .log("the deletion mark of a block cannot be understood and does not count");
        }
    }

    private static boolean isOldEnough(BlockMeta meta, Duration delay, long nowMs) {
        var uploaded = meta.thanos().uploadInstant();
        long uploadedMs = uploaded == null ? meta.id().timeMs() : uploaded.toEpochMilli();
        return nowMs - uploadedMs >= delay.toMillis()
                || OWN_SOURCES.contains(meta.thanos().source());
    }

    private static BlockMeta withoutReplicas(BlockMeta meta, List<String> replicaLabels) {
        if (replicaLabels.isEmpty()) {
            return meta;
        }
        Labels labels = meta.thanos().labels().without(replicaLabels);
        if (labels.isEmpty()) {
            labels = Labels.of(replicaLabels.stream().sorted().findFirst().orElseThrow(), REPLICAS_MERGED);
        }
        return meta.withThanos(meta.thanos().withLabels(labels));
    }
}
