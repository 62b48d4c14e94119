package io.meridian.sidecar;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ships the finished blocks of a Prometheus to a bucket, oldest first.
///
/// A failing bucket ends the round, so that blocks arrive in order. A block that is damaged itself does not: it would
/// hold up every newer one for ever, and no later repair can make it arrive in order anyway. It is named in the log and
/// in [#stuck], and tried again each round.
final class BlockUploader {
    /// How a round went.
    ///
    /// @param uploaded blocks uploaded in this round
    /// @param failed   blocks that should have been
    record Round(int uploaded, int failed) {}

    private static final Logger log = LoggerFactory.getLogger(BlockUploader.class);

    private final Path directory;
    private final Bucket bucket;
    private final Supplier<Labels> externalLabels;
    private final UploadOptions options;
    private final UploadRecord record;
    private final BlockUpload upload;
    private final Map<BlockId, String> stuck = new ConcurrentHashMap<>();

    /// @param directory data directory of Prometheus
    BlockUploader(
            Path directory,
            Bucket bucket,
            Supplier<Labels> externalLabels,
            UploadOptions options,
            InstantSource clock) {
        this.directory = directory;
        this.bucket = bucket;
        this.externalLabels = externalLabels;
        this.options = options;
        this.record = new UploadRecord(directory.resolve(options.metaFileName()));
        this.upload = new BlockUpload(bucket, directory.resolve("thanos").resolve("upload"), options, clock);
    }

    /// Blocks that could not be uploaded in the last round, with the reason.
    Map<BlockId, String> stuck() {
        return Map.copyOf(stuck);
    }

    /// Removes what a killed process left of an upload. The block itself is uploaded anew by the next round.
    void cleanUp() throws IOException {
        BlockUpload.deleteTree(directory.resolve("thanos").resolve("upload"));
    }

    /// One round over all local blocks.
    ///
    /// @throws IOException if the data directory or the bucket failed; blocks uploaded before are on record
    Round sync() throws IOException {
        Set<BlockId> known = record.read();
        LocalBlocks local = LocalBlocks.list(directory);
        stuck.keySet().removeIf(id -> !local.broken().containsKey(id));
        local.broken().forEach(this::isStuck);
        var uploaded = new LinkedHashSet<BlockId>();
        int uploads = 0;
        int failures = local.broken().size();
        IOException stop = null;
        OverlapCheck overlaps = null;
        for (BlockMeta block : local.readable()) {
            if (known.contains(block.id())) {
                uploaded.add(block.id());
                continue;
            }
            if (stop != null || !isWanted(block)) {
                continue;
            }
            try {
                if (bucket.exists(BlockFiles.key(block.id(), BlockMeta.FILE))) {
                    uploaded.add(block.id());
                    continue;
                }
                if (block.compaction().level() > 1 && !options.allowOutOfOrder()) {
                    overlaps = overlaps == null ? OverlapCheck.load(bucket, externalLabels.get()) : overlaps;
                    overlaps.require(block);
                }
                upload.run(directory.resolve(block.id().toString()), block, externalLabels.get());
                log.atInfo().addKeyValue("block", block.id()).log("uploaded block");
                stuck.remove(block.id());
                uploaded.add(block.id());
                uploads++;
                // On record at once: Prometheus may wait for it, and a kill must not cost it.
                record.write(union(uploaded, known, local.readable()));
            } catch (CorruptDataException e) {
                failures++;
                isStuck(block.id(), String.valueOf(e.getMessage()));
            } catch (IOException e) {
                failures++;
                isStuck(block.id(), String.valueOf(e.getMessage()));
                stop = options.allowOutOfOrder() ? null : e;
            }
        }
        record.write(union(uploaded, known, local.readable()));
        if (stop != null) {
            throw new IOException("upload stopped at the oldest block that failed: " + stop.getMessage(), stop);
        }
        return new Round(uploads, failures);
    }

    /// What is on record and still there; ids that Prometheus has deleted are forgotten.
    private static List<BlockId> union(Set<BlockId> uploaded, Set<BlockId> known, List<BlockMeta> local) {
        return local.stream()
                .map(BlockMeta::id)
                .filter(id -> uploaded.contains(id) || known.contains(id))
                .toList();
    }

    private boolean isWanted(BlockMeta block) {
        return block.stats().numSamples() > 0 && (block.compaction().level() <= 1 || options.uploadCompacted());
    }

    private void isStuck(BlockId id, String reason) {
        @Nullable String before = stuck.put(id, reason);
        if (!reason.equals(before)) {
            log.atError()
                    .addKeyValue("block", id)
                    .addKeyValue("reason", reason)
                    .log("block cannot be uploaded; it is tried again");
        }
    }

    /// Blocks of the same external labels in the bucket: a compacted block must not cover the time of one of them.
    private static final class OverlapCheck {
        private final List<BlockMeta> remote = new ArrayList<>();

        static OverlapCheck load(Bucket bucket, Labels externalLabels) throws IOException {
            var check = new OverlapCheck();
            var keys = new ArrayList<String>();
            bucket.list("", object -> {
                String key = object.key();
                if (key.length() == BlockId.LENGTH + 1 + BlockMeta.FILE.length()
                        && key.endsWith("/" + BlockMeta.FILE)
                        && BlockId.isBlockId(key.substring(0, BlockId.LENGTH))) {
                    keys.add(key);
                }
            });
            for (String key : keys) {
                BlockMeta meta = BlockMeta.parse(key, bucket.readAll(key));
                if (meta.thanos().labels().equals(externalLabels)
                        && meta.thanos().resolutionMs() == 0) {
                    check.remote.add(meta);
                }
            }
            check.remote.sort(Comparator.comparingLong(BlockMeta::minTimeMs));
            return check;
        }

        void require(BlockMeta block) throws IOException {
            for (BlockMeta other : remote) {
                if (block.minTimeMs() < other.maxTimeMs() && other.minTimeMs() < block.maxTimeMs()) {
                    throw new IOException("compacted block %s overlaps block %s in the bucket: [%d, %d) and [%d, %d)"
                            .formatted(
                                    block.id(),
                                    other.id(),
                                    block.minTimeMs(),
                                    block.maxTimeMs(),
                                    other.minTimeMs(),
                                    other.maxTimeMs()));
                }
            }
            remote.add(block);
        }
    }
}
