package io.meridian.compactor;

import io.meridian.compactor.plan.Resolutions;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a bucket holds at one moment, as the compactor sees it.
///
/// @param objects      every folder named like a block
/// @param visible      blocks to work on: complete, readable, old enough, not marked for deletion; without replica
/// labels
/// @param all          every block whose meta data can be read
/// @param unreadable   blocks whose meta data cannot be understood, or belongs nowhere, and why
/// @param unreachable  blocks whose meta data or objects the bucket does not give out, although it does others, and why
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
        Map<BlockId, String> unreachable,
        Map<BlockId, String> broken,
        Map<BlockId, String> damagedMarks,
        Map<BlockId, Long> deletions,
        Set<BlockId> noCompact,
        Set<BlockId> noDownsample) {
    private static final Logger log = LoggerFactory.getLogger(BucketView.class);
    private static final Set<String> OWN_SOURCES = Set.of("compactor", "compactor.repair", "bucket.repair");
    private static final Set<String> RAW_SOURCES = Set.of("sidecar", "receive", "ruler");
    private static final String REPLICAS_MERGED = "deduped";
    private static final int READS_MAX = 3;
    private static final int THANOS_VERSION_MAX = 1;
    private static final long AHEAD_MAX_MS = Duration.ofHours(1).toMillis();

    /// @throws IOException if the view would not be complete
    static BucketView of(BlockStore store, CompactorOptions options, long nowMs) throws IOException {
        var look = store.look();
        var objects = look.blocks();
        var metas = metas(store, objects);
        dropOthers(objects, metas, options);
        var unreadable = new TreeMap<BlockId, CorruptDataException>();
        var unreachable = new TreeMap<BlockId, String>(look.unlisted());
        metas.failures().forEach((id, failure) -> {
            if (failure instanceof CorruptDataException corrupt) {
                unreadable.put(id, corrupt);
            } else {
                unreachable.put(id, "its meta data cannot be read, the block is left alone: " + failure.getMessage());
            }
        });
        metas.found().values().removeIf(meta -> {
            String oddity = oddity(meta);
            if (!oddity.isEmpty()) {
                unreadable.put(
                        meta.id(), new CorruptDataException(BlockFiles.key(meta.id(), BlockMeta.FILE), -1, oddity));
            }
            return !oddity.isEmpty();
        });
        metas.found().replaceAll((id, meta) -> withSources(meta));
        var deletions = new TreeMap<BlockId, Long>();
        var damagedMarks = new TreeMap<BlockId, String>();
        var noCompact = new HashSet<BlockId>();
        var noDownsample = new HashSet<BlockId>();
        for (var block : objects.values()) {
            for (var kind : block.marks()) {
                switch (kind) {
                    case DELETION -> {
                        try {
                            readDeletion(store, block.id(), deletions, damagedMarks);
                        } catch (IOException e) {
                            // It may say that the block has to go: nobody works on it until that is known.
                            deletions.put(block.id(), nowMs);
                            unreachable.put(block.id(), "its deletion mark cannot be read: " + e.getMessage());
                        }
                    }
                    case NO_COMPACT -> noCompact.add(block.id());
                    case NO_DOWNSAMPLE -> noDownsample.add(block.id());
                }
            }
        }
        var visible = new ArrayList<BlockMeta>();
        var broken = new TreeMap<BlockId, String>();
        for (var meta : metas.found().values()) {
            if (!deletions.containsKey(meta.id())
                    && isOldEnough(
                            meta, objects.get(meta.id()), options.delays().consistency(), nowMs)
                    && options.scope().touches(meta)) {
                visible.add(withoutReplicas(meta, options.merging().replicaLabels()));
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
                unreachable,
                broken,
                damagedMarks,
                deletions,
                noCompact,
                noDownsample);
    }

    /// Meta data of all complete blocks. What fails is read again: a bad moment of the network must not hide a block.
    ///
    /// @throws IOException if the bucket gives out none of those that were not read before
    private static BlockStore.Metas metas(BlockStore store, Map<BlockId, BlockObjects> objects) throws IOException {
        var complete = BlockStore.complete(objects);
        var metas = store.metas(complete);
        for (int i = 1; i < READS_MAX && firstUnreachable(metas) != null; i++) {
            metas = store.metas(complete);
        }
        var unreachable = firstUnreachable(metas);
        if (unreachable != null && metas.found().isEmpty()) {
            throw new IOException(
                    "meta data of block " + unreachable.getKey() + " cannot be read", unreachable.getValue());
        }
        return metas;
    }

    private static Map.@Nullable Entry<BlockId, Exception> firstUnreachable(BlockStore.Metas metas) {
        return metas.failures().entrySet().stream()
                .filter(failure -> !(failure.getValue() instanceof CorruptDataException))
                .findFirst()
                .orElse(null);
    }

    /// Why a block belongs to no stream although its meta data can be read; empty if it does.
    private static String oddity(BlockMeta meta) {
        var thanos = meta.thanos();
        if (meta.isPlain()) {
            return "there is no \"thanos\" section, so nobody knows whose block it is: upload it with external labels";
        }
        if (thanos.version() > THANOS_VERSION_MAX) {
            return "thanos.version: expected=" + THANOS_VERSION_MAX + ", actual=" + thanos.version();
        }
        if (thanos.labels().isEmpty()) {
            return "thanos.labels is empty: without external labels nobody knows whose block it is";
        }
        if (!Resolutions.isKnown(thanos.resolutionMs())) {
            return "thanos.downsample.resolution: expected one of " + Resolutions.ALL + ", actual="
                    + thanos.resolutionMs();
        }
        if (thanos.resolutionMs() > 0 && RAW_SOURCES.contains(thanos.source())) {
            return "thanos.downsample.resolution is %d, but thanos.source is %s, which never downsamples"
                    .formatted(thanos.resolutionMs(), thanos.source());
        }
        if (meta.minTimeMs() > meta.maxTimeMs()) {
            return "minTime is after maxTime: minTime=%d, maxTime=%d".formatted(meta.minTimeMs(), meta.maxTimeMs());
        }
        return "";
    }

    /// Blocks that another compactor takes care of do not exist for this one.
    private static void dropOthers(
            Map<BlockId, BlockObjects> objects, BlockStore.Metas metas, CompactorOptions options) {
        metas.found().values().removeIf(meta -> {
            var labels = meta.thanos().labels().without(options.merging().replicaLabels());
            boolean dropped = !options.scope().selector().keeps(meta.id().toString(), labels);
            if (dropped) {
                objects.remove(meta.id());
            }
            return dropped;
        });
    }

    /// The files that a block must have.
    static List<String> files(BlockMeta meta) {
        var files = new ArrayList<String>();
        files.add(BlockFiles.INDEX);
        meta.thanos().files().forEach(file -> files.add(file.path()));
        meta.thanos().segmentFiles().forEach(name -> files.add("chunks/" + name));
        return files;
    }

    /// Blocks whose samples would be from a time that is still to come: somebody's clock, or meta.json, is wrong.
    /// They are worked on as all others.
    Map<BlockId, String> ahead(long nowMs) {
        var ahead = new TreeMap<BlockId, String>();
        for (var meta : visible) {
            if (meta.minTimeMs() > nowMs + AHEAD_MAX_MS) {
                ahead.put(
                        meta.id(),
                        "minTime is ahead of this machine's clock: minTime=%d, now=%d. The clock of who wrote the block was wrong, or is here"
                                .formatted(meta.minTimeMs(), nowMs));
            }
        }
        return ahead;
    }

    /// What the block lacks, by the listing alone; empty if nothing.
    private static String missing(BlockMeta meta, BlockObjects found) {
        for (String path : files(meta)) {
            if (!found.objects().containsKey(path)) {
                return "file is missing: " + path;
            }
        }
        for (var file : meta.thanos().files()) {
            var object = found.objects().get(file.path());
            if (object != null && file.sizeBytes() > 0 && object.sizeBytes() != file.sizeBytes()) {
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
                deletions.put(id, TimeUnit.SECONDS.toMillis(mark.timeSeconds()));
            }
        } catch (CorruptDataException e) {
            damaged.put(id, "its deletion mark cannot be understood and does not count: " + e.getMessage());
            log.atWarn()
                    .addKeyValue("block", id)
                    .addKeyValue("reason", e.getMessage())
                    .log("the deletion mark of a block cannot be understood and does not count");
        }
    }

    /// An uploader whose clock is ahead does not hide its blocks: then the bucket's own time counts.
    private static boolean isOldEnough(BlockMeta meta, @Nullable BlockObjects objects, Duration delay, long nowMs) {
        var uploaded = meta.thanos().uploadInstant();
        long uploadedMs = uploaded == null ? meta.id().timeMs() : uploaded.toEpochMilli();
        if (uploadedMs > nowMs && objects != null && objects.newestMs() < uploadedMs) {
            uploadedMs = objects.newestMs();
        }
        return nowMs - uploadedMs >= delay.toMillis()
                || OWN_SOURCES.contains(meta.thanos().source());
    }

    /// A block that names no sources is its own: what is made of it could not be told from what is still to be made.
    private static BlockMeta withSources(BlockMeta meta) {
        var own = meta.compaction();
        return own.sources().isEmpty()
                ? meta.withCompaction(new BlockMeta.Compaction(
                        own.level(),
                        List.of(meta.id()),
                        own.deletable(),
                        own.parents(),
                        own.failed(),
                        own.hints(),
                        own.unknown()))
                : meta;
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
