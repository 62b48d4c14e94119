package io.meridian.compactor;

import io.meridian.compactor.plan.Duplicates;
import io.meridian.compactor.plan.SeriesRetention;
import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The blocks of one stream as they are by now, and what is to be left alone. Not thread-safe.
final class StreamBlocks {
    private static final Logger log = LoggerFactory.getLogger(StreamBlocks.class);
    /// Why a block is marked whose data is in another one.
    static final String OUTDATED = "outdated block";

    final Labels labels;
    final BucketView view;
    final List<BlockMeta> blocks;
    final Set<BlockId> noCompact;
    final Set<BlockId> noDownsample;
    /// Blocks whose merge does not fit into the limits.
    final Set<BlockId> tooLarge = new HashSet<>();
    private final Workplace workplace;
    private final BlockCommit commit;
    private boolean complete = true;

    StreamBlocks(Labels labels, List<BlockMeta> blocks, BucketView view, Workplace workplace) {
        this.labels = labels;
        this.blocks = new ArrayList<>(blocks);
        this.view = view;
        this.noCompact = new HashSet<>(view.noCompact());
        this.noCompact.addAll(view.broken().keySet());
        this.noDownsample = new HashSet<>(view.noDownsample());
        this.noDownsample.addAll(view.broken().keySet());
        this.workplace = workplace;
        this.commit = new BlockCommit(
                workplace.store().bucket(), workplace.options().merging().withHashes(), workplace.term()::verify);
    }

    /// Whether nothing was set aside.
    boolean isComplete() {
        return complete;
    }

    /// From when on the series of what is made of the blocks are kept.
    SeriesRetention seriesRetention(List<BlockMeta> inputs) {
        return SeriesRetention.of(
                workplace.options().retention(),
                labels,
                inputs,
                sound(blocks),
                workplace.options().downsampling().enabled(),
                workplace.clock().millis());
    }

    List<BlockMeta> group(long resolutionMs) {
        return blocks.stream()
                .filter(block -> block.thanos().resolutionMs() == resolutionMs)
                .toList();
    }

    /// Those that can be relied on: a block that lacks files, or is quarantined, does not stand in for the finer data
    /// that it was made of, and retires no other. Nor is it retired itself, as it may hold what no other has.
    private List<BlockMeta> sound(List<BlockMeta> among) {
        var unsound = unsound();
        return among.stream().filter(block -> !unsound.contains(block.id())).toList();
    }

    Set<BlockId> unsound() {
        var unsound = new HashSet<>(view.broken().keySet());
        unsound.addAll(workplace.quarantine().blocks());
        return unsound;
    }

    /// Marks blocks whose data is in another one: what a crash left between a commit and its marks, and downsampled
    /// blocks that late data has replaced.
    void collectGarbage(long resolutionMs) throws IOException {
        var metrics = workplace.status().metrics();
        metrics.garbageCollected.increment(metrics.garbageCollections.run(() -> markOutdated(resolutionMs)));
    }

    private int markOutdated(long resolutionMs) throws IOException {
        int marked = 0;
        for (var block : Duplicates.of(sound(group(resolutionMs)))) {
            markForDeletion(block, OUTDATED);
            marked++;
        }
        return marked;
    }

    void markForDeletion(BlockMeta block, String details) throws IOException {
        workplace.term().verify();
        if (view.damagedMarks().containsKey(block.id())) {
            workplace.store().unmark(block.id(), BlockMark.Kind.DELETION);
        }
        workplace
                .store()
                .mark(BlockMark.deletion(
                        block.id(), details, workplace.clock().instant().getEpochSecond()));
        blocks.removeIf(other -> other.id().equals(block.id()));
        workplace.status().metrics().marked(BlockMark.Kind.DELETION, details);
    }

    BlockMeta commit(BucketOutput output, BlockMeta meta, long samples, Path work, int readBytes) throws IOException {
        var sizes = BlockFiles.sizes(workplace.store().bucket(), meta.id());
        try (var written = WorkInput.open(workplace.store().bucket(), meta, sizes, work, readBytes)) {
            var uploaded = commit.commit(
                    written.block(),
                    meta,
                    output.files(),
                    samples,
                    workplace.clock().instant(),
                    output::beginCommit);
            output.endCommit();
            return uploaded;
        }
    }

    /// Work that does not fit into the limits waits for higher ones; everything else goes on.
    void setAside(String what, BudgetException e) {
        String reason = what + " " + e.getMessage();
        complete = false;
        workplace.status().streamFailed(labels.toString(), reason);
        log.atError().addKeyValue("group", labels).addKeyValue("reason", reason).log("work is set aside");
    }

    /// The block among these that an error is about: the one whose object it names; where it names none, the first that
    /// does not stand a verification; null if all do.
    @Nullable
    BlockMeta culprit(List<BlockMeta> among, CorruptDataException e) throws IOException {
        for (String part : e.resource().split("/")) {
            for (var meta : among) {
                if (part.equals(meta.id().toString())) {
                    return meta;
                }
            }
        }
        return firstUnsound(among);
    }

    @Nullable
    BlockMeta firstUnsound(List<BlockMeta> plan) throws IOException {
        for (var meta : plan) {
            if (!isSound(meta.id())) {
                return meta;
            }
        }
        return null;
    }

    boolean isSound(BlockId id) throws IOException {
        try {
            return BlockVerifier.verify(workplace.store().bucket(), id).isSound();
        } catch (CorruptDataException e) {
            return false;
        }
    }
}
