package io.meridian.compactor.repair;

import io.meridian.compactor.BlockCommit;
import io.meridian.compactor.merge.ChunkSamples;
import io.meridian.model.CorruptDataException;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockStore;
import io.meridian.tsdb.block.BlockVerifier;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Repairs a block of a bucket: what is sound of it goes into a new block, which is verified and uploaded before the
/// old one is marked for deletion. The new block has the sources of the old and an older identity, so that every
/// compactor and store keeps the new one from the moment it is there.
///
/// No lease is needed: blocks do not change, and marks only say what is true.
public final class BlockRepair {
    private static final String SOURCE = "bucket.repair";
    private static final String RETIRED = "source of repaired block";

    private final BlockStore store;
    private final Bucket bucket;
    private final RepairOptions options;
    private final Path scratch;
    private final Instant now;

    /// @param scratch where the new block is written; emptied by the caller
    public BlockRepair(Bucket bucket, RepairOptions options, Path scratch, Instant now) {
        this.bucket = bucket;
        this.store = new BlockStore(bucket, null);
        this.options = options;
        this.scratch = scratch;
        this.now = now;
    }

    /// Looks at a block, and repairs it if the options say so.
    ///
    /// @throws IllegalArgumentException if there is no such block
    /// @throws IOException              if the bucket fails, or the block changed meanwhile; nothing is lost then
    public RepairReport run(BlockId id) throws IOException {
        var found = RepairSurroundings.of(store, id);
        if (found.isMarkedForDeletion()) {
            return report(
                            id,
                            RepairReport.Verdict.SOUND,
                            List.of(),
                            null,
                            List.of("it is marked for deletion: there is nothing to repair"))
                    .build();
        }
        var done = found.repairedBy(SOURCE);
        if (done != null) {
            var actions = retire(id, "its repaired block " + done + " is there already");
            return report(id, RepairReport.Verdict.REPAIRABLE, List.of(), done, List.of())
                    .actions(actions)
                    .build();
        }
        var verified = verify(id, found.sizes());
        if (verified.isEmpty()) {
            return sound(id, found);
        }
        return salvage(id, found, verified);
    }

    /// What is wrong; empty if nothing is.
    private List<String> verify(BlockId id, Map<String, Long> sizes) throws IOException {
        if (!sizes.containsKey(BlockMeta.FILE) || !sizes.containsKey(BlockFiles.INDEX)) {
            return List.of("a file is missing");
        }
        return BlockVerifier.verify(bucket, id).issues().stream()
                .map(issue -> String.valueOf(issue.getMessage()))
                .toList();
    }

    private RepairReport sound(BlockId id, RepairSurroundings found) throws IOException {
        var actions = new ArrayList<String>();
        for (var kind : found.quarantineMarks()) {
            actions.add("remove " + kind.file());
            if (options.apply()) {
                store.unmark(id, kind);
            }
        }
        var advice = actions.isEmpty()
                ? List.<String>of()
                : List.of("the block was quarantined for what is beside it: " + found.quarantineReason());
        return report(id, RepairReport.Verdict.SOUND, List.of(), null, advice)
                .actions(actions)
                .build();
    }

    private RepairReport salvage(BlockId id, RepairSurroundings found, List<String> issues) throws IOException {
        var findings = new ArrayList<String>();
        BlockMeta meta = found.meta();
        if (meta == null || !meta.id().equals(id)) {
            findings.add(meta == null ? found.metaProblem() : "meta.json names another block: " + meta.id());
            if (!options.labels().isEmpty()) {
                meta = RebuiltMeta.of(id, options);
            } else if (meta == null || !meta.compaction().sources().contains(id)) {
                return hopeless(id, found, findings, RebuiltMeta.ADVICE);
            }
            meta = meta.withId(id);
        }
        try (var block = new BrokenBlock(bucket, meta, id, found.sizes(), findings)) {
            var salvage = new BlockSalvage(block, meta, findings);
            TimeRange range = salvage.range(options.widenRange());
            return repair(id, found, meta, block, salvage, range, findings, issues);
        } catch (CorruptDataException e) {
            findings.add(String.valueOf(e.getMessage()));
            return hopeless(
                    id,
                    found,
                    findings,
                    "chunks alone do not say whose they are: bring the index back from a backup or the bucket's own versions and repair again");
        }
    }

    private RepairReport repair(
            BlockId id,
            RepairSurroundings found,
            BlockMeta meta,
            BrokenBlock block,
            BlockSalvage salvage,
            TimeRange range,
            List<String> findings,
            List<String> issues)
            throws IOException {
        BlockId newId = olderThan(id);
        Path directory = scratch.resolve(newId.toString());
        var kept = new Kept();
        BlockMeta newMeta = meta;
        if (options.apply()) {
            try (var writer = new BlockWriter(directory, block.index().symbols())) {
                salvage.series(range, (labels, chunks) -> {
                    kept.add(chunks);
                    writer.add(labels, chunks);
                });
                newMeta = RebuiltMeta.repaired(newId, id, meta, range, writer.finish(), SOURCE);
                writer.commit(newMeta);
            }
        } else {
            salvage.series(range, (_, chunks) -> kept.add(chunks));
        }
        if (kept.samples == 0) {
            findings.addAll(issues);
            return hopeless(id, found, findings, "nothing that is left of the block can be trusted");
        }
        if (findings.isEmpty() && salvage.losses().isEmpty() && salvage.removedSamples() == 0) {
            findings.addAll(issues);
        }
        var finer = salvage.losses().isEmpty() ? List.<BlockId>of() : found.finerBlocks(meta);
        if (!finer.isEmpty()) {
            var actions = retire(id, "the compactor makes it again, without losses, from " + finer);
            return report(id, RepairReport.Verdict.REMAKE, findings, null, List.of())
                    .actions(actions)
                    .build();
        }
        var report = report(id, RepairReport.Verdict.REPAIRABLE, findings, null, found.advice(meta))
                .salvaged(salvage, kept.series, kept.samples, meta.stats().numSamples());
        if (!options.apply()) {
            return report.actions(List.of(
                            "write a new block with %d series, %d samples".formatted(kept.series, kept.samples),
                            "mark the old one for deletion, remove its quarantine marks"))
                    .build();
        }
        new BlockCommit(bucket, false, () -> checkUnchanged(id)).commit(directory, newMeta, kept.samples, now);
        var actions = new ArrayList<String>();
        actions.add("wrote block " + newId);
        actions.addAll(retire(id, "its place is taken by " + newId));
        return report.repaired(newId).actions(actions).build();
    }

    /// What goes into the new block.
    private static final class Kept {
        private long series;
        private long samples;

        void add(List<EncodedChunk> chunks) {
            series++;
            for (var chunk : chunks) {
                samples += ChunkSamples.count(chunk);
            }
        }
    }

    /// Equal sources: of two such blocks every compactor keeps the one whose identity is older.
    private static BlockId olderThan(BlockId id) {
        return new BlockId(
                Math.max(0, id.timeMs() - 1) << 16 | ThreadLocalRandom.current().nextInt(1 << 16),
                ThreadLocalRandom.current().nextLong());
    }

    private void checkUnchanged(BlockId id) throws IOException {
        if (bucket.exists(BlockFiles.key(id, BlockMark.Kind.DELETION.file()))
                || store.discover().get(id) == null) {
            throw new IOException("block " + id + " was retired by somebody else meanwhile: nothing was changed");
        }
    }

    private List<String> retire(BlockId id, String why) throws IOException {
        if (!options.apply()) {
            return List.of("mark the block for deletion: " + why);
        }
        store.mark(BlockMark.deletion(id, RETIRED, now.getEpochSecond()));
        var actions = new ArrayList<String>();
        actions.add("marked %s for deletion: %s".formatted(id, why));
        for (var kind : RepairSurroundings.of(store, id).quarantineMarks()) {
            store.unmark(id, kind);
            actions.add("removed its " + kind.file());
        }
        return actions;
    }

    private RepairReport hopeless(BlockId id, RepairSurroundings found, List<String> findings, String what) {
        var advice = new ArrayList<String>();
        advice.add(what);
        var meta = found.meta();
        if (meta != null) {
            var finer = found.finerBlocks(meta);
            if (!finer.isEmpty()) {
                advice.add("or mark it for deletion: the compactor makes it again from " + finer);
            }
            advice.addAll(found.advice(meta));
        }
        advice.add("as long as it stays, it costs its own data only; to give it up: meridian tools bucket mark "
                + "--marker=deletion-mark.json --id=" + id);
        return report(id, RepairReport.Verdict.HOPELESS, findings, null, advice).build();
    }

    private static ReportBuilder report(
            BlockId id,
            RepairReport.Verdict verdict,
            List<String> findings,
            @Nullable BlockId repaired,
            List<String> advice) {
        return new ReportBuilder(id, verdict, findings, repaired, advice);
    }
}
