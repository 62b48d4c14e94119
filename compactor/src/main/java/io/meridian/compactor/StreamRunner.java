package io.meridian.compactor;

import io.meridian.compactor.downsample.DownsampleKernel;
import io.meridian.compactor.merge.BlockMerger;
import io.meridian.compactor.plan.GroupPlan;
import io.meridian.compactor.plan.Planner;
import io.meridian.compactor.plan.Resolutions;
import io.meridian.compactor.plan.SeriesRetention;
import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings one stream (the blocks with the same external labels, of all resolutions) as far as it can go: merges what is
/// to be merged, downsamples what is due, coarser and coarser. What fails here concerns this stream only.
final class StreamRunner {
    private static final Logger log = LoggerFactory.getLogger(StreamRunner.class);
    private static final String OUT_OF_ORDER = "from-out-of-order";
    /// Why a block is marked that went into a larger one.
    static final String MERGED = "source of compacted block";

    private final Labels labels;
    private final StreamBlocks stream;
    private final List<BlockMeta> blocks;
    private final BucketView view;
    private final Set<BlockId> noCompact;
    private final BlockStore store;
    private final CompactorOptions options;
    private final CompactorStatus status;
    private final ExpiredShare expired;
    private final Path scratch;
    private final InstantSource clock;
    private final Quarantine quarantine;
    private final StreamDownsampler downsampler;
    private final Planner planner;

    StreamRunner(Labels labels, List<BlockMeta> blocks, BucketView view, Workplace workplace, DownsampleKernel kernel) {
        this.labels = labels;
        this.stream = new StreamBlocks(labels, blocks, view, workplace);
        this.blocks = stream.blocks;
        this.view = view;
        this.noCompact = stream.noCompact;
        this.store = workplace.store();
        this.options = workplace.options();
        this.status = workplace.status();
        this.expired = workplace.expired();
        this.scratch = workplace.scratch();
        this.clock = workplace.clock();
        this.quarantine = workplace.quarantine();
        this.downsampler = new StreamDownsampler(stream, workplace, kernel);
        this.planner = options.planner();
    }

    /// @return whether nothing was set aside
    /// @throws IOException if the bucket, or the local disk, failed: another run may get further
    boolean run() throws IOException {
        for (long resolutionMs : Resolutions.ALL) {
            stream.collectGarbage(resolutionMs);
            compactAll(resolutionMs);
            if (options.downsampling().enabled()) {
                downsampler.run(resolutionMs);
            }
        }
        for (long resolutionMs : Resolutions.ALL) {
            trimAll(resolutionMs);
        }
        return stream.isComplete();
    }

    /// Takes series whose retention is over out of blocks that are not merged any more.
    private void trimAll(long resolutionMs) throws IOException {
        if (!options.retention().hasSeriesRules(labels)) {
            return;
        }
        for (var block : stream.group(resolutionMs)) {
            var retention = stream.seriesRetention(List.of(block));
            if (!noCompact.contains(block.id())
                    && !stream.tooLarge.contains(block.id())
                    && expired.mayBeWorth(block, retention)
                    && isWorthTrimming(block, retention)) {
                compact(List.of(block));
            }
        }
    }

    private boolean isWorthTrimming(BlockMeta meta, SeriesRetention retention) throws IOException {
        // A downsampled block that was gone would be made anew as long as the finer one is there.
        boolean mayVanish = blocks.stream()
                .noneMatch(
                        finer -> finer.thanos().resolutionMs() < meta.thanos().resolutionMs()
                                && finer.minTimeMs() < meta.maxTimeMs()
                                && meta.minTimeMs() < finer.maxTimeMs());
        Path work = scratch.resolve("look-" + meta.id());
        try (var input =
                WorkInput.open(store.bucket(), meta.id(), work, options.limits().readBytes(1))) {
            return expired.isWorth(input.block(), retention, mayVanish);
        } catch (CorruptDataException e) {
            exclude(meta.id(), String.valueOf(e.getMessage()));
            return false;
        } catch (BudgetException e) {
            stream.setAside("looking at block " + meta.id(), e);
            return false;
        } finally {
            Scratch.delete(work);
        }
    }

    private void compactAll(long resolutionMs) throws IOException {
        var postponed = new HashSet<BlockId>();
        while (true) {
            var excluded = new HashSet<>(noCompact);
            excluded.addAll(postponed);
            excluded.addAll(stream.tooLarge);
            var plan = GroupPlan.of(
                    planner,
                    stream.group(resolutionMs),
                    excluded,
                    this::indexBytes,
                    options.merging().indexBytesMax());
            for (var mark : plan.marks()) {
                markNoCompact(mark);
            }
            if (plan.blocks().isEmpty()) {
                return;
            }
            BlockMeta forbidden = forbiddenOverlap(plan.blocks());
            if (forbidden != null) {
                exclude(
                        forbidden.id(),
                        "overlaps other blocks of its group (%s): two sources with equal external labels? If not, allow it by --compact.enable-vertical-compaction"
                                .formatted(ids(plan.blocks())));
            } else if (mayLackABlock(plan.blocks())
                    || (resolutionMs != Resolutions.RAW && !isFinal(plan.blocks(), resolutionMs))) {
                plan.blocks().forEach(block -> postponed.add(block.id()));
            } else {
                compact(plan.blocks());
            }
        }
    }

    private long indexBytes(BlockMeta block) {
        var objects = view.objects().get(block.id());
        if (objects != null) {
            return objects.sizeBytes(BlockFiles.INDEX);
        }
        return block.thanos().files().stream()
                .filter(file -> file.path().equals(BlockFiles.INDEX))
                .mapToLong(BlockMeta.FileEntry::sizeBytes)
                .sum();
    }

    private void markNoCompact(GroupPlan.NoCompact mark) throws IOException {
        store.mark(new BlockMark(
                BlockMark.Kind.NO_COMPACT,
                mark.block(),
                mark.details(),
                clock.instant().getEpochSecond(),
                mark.reason()));
        noCompact.add(mark.block());
        status.metrics().marked(BlockMark.Kind.NO_COMPACT, mark.reason());
    }

    /// Of blocks that overlap although nothing explains why they should, the one that is to be set aside; null if
    /// all is well. One whose content is not sound goes first, then the one that overlaps most others, then the
    /// youngest.
    private @Nullable BlockMeta forbiddenOverlap(List<BlockMeta> plan) throws IOException {
        // Downsampled blocks overlap where one was made of raw blocks with a hole that retention had left.
        if (options.merging().vertical() || plan.getFirst().thanos().resolutionMs() != Resolutions.RAW) {
            return null;
        }
        BlockMeta worst = null;
        int most = 0;
        for (var block : plan) {
            int overlaps = (int) plan.stream()
                    .filter(other -> !other.id().equals(block.id()) && overlapsForNoReason(block, other))
                    .count();
            if (overlaps > most
                    || (worst != null && overlaps == most && block.id().compareTo(worst.id()) > 0)) {
                worst = block;
                most = overlaps;
            }
        }
        BlockMeta unsound = worst == null ? null : stream.firstUnsound(plan);
        return unsound == null ? worst : unsound;
    }

    private static boolean overlapsForNoReason(BlockMeta a, BlockMeta b) {
        boolean late = a.compaction().hints().contains(OUT_OF_ORDER)
                || b.compaction().hints().contains(OUT_OF_ORDER);
        return !late && a.minTimeMs() < b.maxTimeMs() && b.minTimeMs() < a.maxTimeMs();
    }

    /// Whether a block that the bucket does not give out now may belong between those of the plan.
    private boolean mayLackABlock(List<BlockMeta> plan) {
        long endMs = plan.getFirst().maxTimeMs();
        boolean gap = false;
        for (var block : plan) {
            gap |= block.minTimeMs() > endMs;
            endMs = Math.max(endMs, block.maxTimeMs());
        }
        return gap && !view.unreachable().isEmpty();
    }

    /// Downsampled blocks are merged only when the finer data of their range will not change any more: when each finer
    /// block that is left there holds all of their sources. Where they overlap, late data came after finer data was
    /// gone: of sources that no finer block has any more, none waits.
    private boolean isFinal(List<BlockMeta> plan, long resolutionMs) {
        var sources = new HashSet<BlockId>();
        long minMs = Long.MAX_VALUE;
        long maxMs = Long.MIN_VALUE;
        for (var block : plan) {
            sources.addAll(block.compaction().sources());
            minMs = Math.min(minMs, block.minTimeMs());
            maxMs = Math.max(maxMs, block.maxTimeMs());
        }
        var finer = new ArrayList<BlockMeta>();
        for (var other : blocks) {
            if (other.thanos().resolutionMs() < resolutionMs
                    && other.minTimeMs() < maxMs
                    && minMs < other.maxTimeMs()) {
                finer.add(other);
            }
        }
        if (!Planner.firstOverlap(plan).isEmpty()) {
            var left = new HashSet<BlockId>();
            finer.forEach(other -> left.addAll(other.compaction().sources()));
            sources.retainAll(left);
        }
        for (var other : finer) {
            if (!new HashSet<>(other.compaction().sources()).containsAll(sources)) {
                return false;
            }
        }
        return true;
    }

    private static String ids(List<BlockMeta> metas) {
        return String.join(
                ", ", metas.stream().map(meta -> meta.id().toString()).toList());
    }

    private void compact(List<BlockMeta> plan) throws IOException {
        BlockId id = BlockId.generate(clock.millis());
        Path work = scratch.resolve(id.toString());
        var inputs = new ArrayList<WorkInput>();
        var started = clock.instant();
        status.metrics().compactionStarted(plan.getFirst().thanos().resolutionMs());
        try (var output = new BucketOutput(store, id, work, options.merging().withHashes(), options.limits())) {
            Files.createDirectories(work);
            int readBytes = options.limits().readBytes(plan.size());
            for (var meta : plan) {
                inputs.add(WorkInput.open(store.bucket(), meta.id(), work, readBytes));
                output.addInputScratch(inputs.getLast().scratchBytes());
            }
            var result = BlockMerger.merge(
                    inputs.stream().map(WorkInput::block).toList(),
                    new BlockMerger.Options(
                            options.merging().deduplication(), false, stream.seriesRetention(plan), readBytes),
                    id,
                    labels,
                    output,
                    QueryContext.unlimited());
            long samples = result.counts().output();
            if (samples > 0) {
                var meta = result.meta().isPlain()
                        ? result.meta()
                                .withThanos(result.meta()
                                        .thanos()
                                        .withLabels(labels)
                                        .withSource("compactor"))
                        : result.meta();
                var uploaded = stream.commit(output, meta, samples, work, readBytes);
                blocks.add(uploaded);
                log.atInfo()
                        .addKeyValue("block", id)
                        .addKeyValue("group", labels)
                        .addKeyValue("inputs", plan.size())
                        .addKeyValue("samples", samples)
                        .addKeyValue("deleted", result.counts().deleted())
                        .addKeyValue("duplicates", result.counts().duplicates())
                        .addKeyValue("merged", result.counts().merged())
                        .addKeyValue("expired", result.counts().expired())
                        .log("blocks merged");
            }
            for (var meta : plan) {
                stream.markForDeletion(meta, MERGED);
            }
            status.compacted(plan, started, clock.instant());
            status.removed(result.counts());
        } catch (CorruptDataException e) {
            status.metrics().compactionFailed(plan.getFirst().thanos().resolutionMs());
            BlockMeta culprit = stream.culprit(plan, e);
            if (culprit == null) {
                throw e;
            }
            exclude(culprit.id(), String.valueOf(e.getMessage()));
        } catch (BudgetException e) {
            status.metrics().compactionFailed(plan.getFirst().thanos().resolutionMs());
            stream.setAside("merging blocks " + ids(plan), e);
            plan.forEach(meta -> stream.tooLarge.add(meta.id()));
        } catch (CommitException e) {
            // What came out is not sound: one of the inputs may be wrong in a way that only shows in the samples.
            status.metrics().compactionFailed(plan.getFirst().thanos().resolutionMs());
            BlockMeta unsound = stream.firstUnsound(plan);
            if (unsound == null) {
                throw e;
            }
            exclude(unsound.id(), String.valueOf(e.getMessage()));
        } finally {
            inputs.forEach(WorkInput::close);
            Scratch.delete(work);
        }
    }

    private void exclude(BlockId block, String reason) throws IOException {
        quarantine.addForCompaction(block, labels.toString(), reason);
        noCompact.add(block);
        status.metrics().quarantined.increment();
    }
}
