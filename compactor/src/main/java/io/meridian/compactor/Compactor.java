package io.meridian.compactor;

import io.meridian.compactor.downsample.DownsampleKernel;
import io.meridian.compactor.lease.Leadership;
import io.meridian.compactor.lease.LeaseLostException;
import io.meridian.compactor.lease.Term;
import io.meridian.compactor.merge.MergedMeta;
import io.meridian.compactor.plan.Backlog;
import io.meridian.compactor.plan.DownsampleSchedule;
import io.meridian.compactor.plan.PartialUploads;
import io.meridian.compactor.plan.Planner;
import io.meridian.compactor.plan.Retention;
import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.objstore.Keys;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One pass over a bucket after the other: blocks are merged and downsampled stream by stream, retention is applied,
/// what is marked long enough is deleted, and what uploads left behind is cleaned up. A stream that fails does not hold
/// the others.
public final class Compactor {
    private static final Logger log = LoggerFactory.getLogger(Compactor.class);
    private static final Duration FOREIGN_RECENT = Duration.ofDays(7);

    private final BlockStore store;
    private final CompactorOptions options;
    private final Leadership lease;
    private final CompactorStatus status;
    private final Quarantine quarantine;
    private final Supplier<DownsampleKernel> kernels;
    private final Path scratch;
    private final InstantSource clock;
    private final DownsampleSchedule schedule;
    private final Planner planner;
    private final ExpiredShare expired = new ExpiredShare();
    /// That of the pass under way.
    private Term term;

    /// @param lease   whose leadership every commit and deletion needs
    /// @param kernels one for each stream that is worked on at once
    /// @param scratch emptied at each pass
    public Compactor(
            BlockStore store,
            CompactorOptions options,
            Leadership lease,
            CompactorStatus status,
            Supplier<DownsampleKernel> kernels,
            Path scratch,
            InstantSource clock) {
        this.store = store;
        this.options = options;
        this.lease = lease;
        this.status = status;
        this.quarantine = new Quarantine(store);
        this.kernels = kernels;
        this.scratch = scratch;
        this.clock = clock;
        this.term = Term.of(lease);
        this.schedule = options.schedule();
        this.planner = options.planner();
    }

    /// Blocks that are damaged.
    public Quarantine quarantine() {
        return quarantine;
    }

    /// Refuses to work beside another program's compactor, which knows nothing of our lease.
    ///
    /// @throws ForeignCompactorException if one wrote within the last seven days
    public void checkForeign() throws IOException {
        if (options.takeOver()) {
            return;
        }
        var view = look();
        for (var meta : view.all()) {
            var uploaded = meta.thanos().uploadInstant();
            long writtenMs = uploaded == null ? meta.id().timeMs() : uploaded.toEpochMilli();
            boolean recent = clock.millis() - writtenMs < FOREIGN_RECENT.toMillis();
            if (meta.thanos().source().equals("compactor") && recent && !MergedMeta.isOurs(meta)) {
                throw new ForeignCompactorException(
                        "block %s was written by another program's compactor within the last seven days: stop that one, then start with --compact.take-over"
                                .formatted(meta.id()));
            }
        }
    }

    private BucketView look() throws IOException {
        return status.metrics().looks.run(() -> BucketView.of(store, options, clock.millis()));
    }

    /// One pass.
    ///
    /// @return whether nothing failed; quarantined blocks are no failure
    /// @throws LeaseLostException if another compactor leads now
    /// @throws IOException        if the bucket cannot be looked at
    public boolean run() throws IOException {
        term = Term.of(lease);
        Scratch.delete(scratch);
        status.state("looking at the bucket");
        var view = look();
        reportUnreadable(view, clock.millis());
        quarantine.refresh(view);
        expired.forgetOthers(view.objects().keySet());
        quarantineBroken(view);
        boolean ok = deleteMarked(view) && view.unreachable().isEmpty();
        var streams = new TreeMap<Labels, List<BlockMeta>>();
        for (var block : view.visible()) {
            streams.computeIfAbsent(block.thanos().labels(), labels -> new ArrayList<>())
                    .add(block);
        }
        status.begin(view, streams.size(), backlog(view, view.visible()), clock.millis());
        status.deletionsDue(expired(view).size());
        status.blocks().update(view.all(), clock.instant());
        status.state("compacting");
        ok &= runStreams(streams, view);
        status.state("cleaning up");
        ok &= cleanUp();
        status.state("idle");
        status.end(quarantine.entries(), ok, clock.millis());
        (ok ? status.metrics().iterations : status.metrics().retries).increment();
        return ok;
    }

    private void quarantineBroken(BucketView view) throws IOException {
        for (var meta : view.visible()) {
            String reason = view.broken().get(meta.id());
            if (reason != null && !view.noCompact().contains(meta.id()) && lacksForSure(view, meta)) {
                term.verify();
                quarantine.addForCompaction(
                        meta.id(), meta.thanos().labels().toString(), "block " + meta.id() + ": " + reason);
                status.metrics().quarantined.increment();
            }
        }
    }

    /// A listing may be older than the block: what it lacks is asked for by name before the block is marked.
    private boolean lacksForSure(BucketView view, BlockMeta meta) {
        var objects = view.objects().get(meta.id());
        for (String path : BucketView.files(meta)) {
            if (objects != null && !objects.objects().containsKey(path) && mayExist(meta.id(), path)) {
                log.atWarn()
                        .addKeyValue("block", meta.id())
                        .addKeyValue("file", path)
                        .log("a listing lacks a file that may be there: the block is left alone for now");
                return false;
            }
        }
        return true;
    }

    private boolean mayExist(BlockId block, String path) {
        String key = BlockFiles.key(block, path);
        try {
            // meta.json may name what no bucket can have
            return Keys.isValid(key) && store.bucket().exists(key);
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("key", key)
                    .setCause(e)
                    .log("the bucket does not say whether there is such a file");
            return true;
        }
    }

    private Backlog backlog(BucketView view, List<BlockMeta> blocks) {
        return Backlog.of(
                blocks,
                view.noCompact(),
                view.noDownsample(),
                quarantine.blocks(),
                planner,
                schedule,
                options.downsampling().enabled(),
                clock.millis());
    }

    private static void reportUnreadable(BucketView view, long nowMs) {
        view.unreadable()
                .forEach((id, e) -> log.atError()
                        .addKeyValue("block", id)
                        .addKeyValue("reason", e.getMessage())
                        .log("the meta data of a block cannot be understood: it is left alone"));
        view.unreachable()
                .forEach((id, reason) -> log.atError()
                        .addKeyValue("block", id)
                        .addKeyValue("reason", reason)
                        .log("the bucket does not give out the meta data of a block"));
        view.ahead(nowMs)
                .forEach((id, reason) -> log.atWarn()
                        .addKeyValue("block", id)
                        .addKeyValue("reason", reason)
                        .log("a block is from the future"));
    }

    private boolean runStreams(Map<Labels, List<BlockMeta>> streams, BucketView view) throws IOException {
        var workplace = new Workplace(store, options, term, quarantine, status, expired, scratch, clock);
        var running = new TreeMap<Labels, Future<Boolean>>();
        try (var executor = Executors.newFixedThreadPool(
                options.limits().groups(),
                Thread.ofPlatform().name("compactor-", 0).daemon().factory())) {
            streams.forEach((labels, blocks) ->
                    running.put(labels, executor.submit(() -> runStream(labels, blocks, view, workplace))));
            boolean ok = true;
            for (var stream : running.entrySet()) {
                ok &= await(stream.getKey(), stream.getValue());
            }
            return ok;
        }
    }

    private boolean runStream(Labels labels, List<BlockMeta> blocks, BucketView view, Workplace workplace)
            throws IOException {
        try (var kernel = kernels.get()) {
            return new StreamRunner(labels, blocks, view, workplace, kernel).run();
        } catch (InternalError e) {
            throw unlessOfAMapping(e);
        }
    }

    /// A mapped file that is cut short while it is read, or whose disk fails, ends in an error of the virtual
    /// machine: no reason to end the process.
    private static IOException unlessOfAMapping(InternalError e) {
        if (String.valueOf(e.getMessage()).contains("unsafe memory access")) {
            return new IOException("a mapped file could not be read: it was cut short meanwhile, or its disk fails", e);
        }
        throw e;
    }

    private boolean await(Labels labels, Future<Boolean> stream) throws IOException {
        try {
            return stream.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LeaseLostException lost) {
                throw lost;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            status.streamFailed(labels.toString(), String.valueOf(e.getCause()));
            log.atError()
                    .addKeyValue("group", labels)
                    .setCause(e.getCause())
                    .log("a group could not be brought to its end; it is tried again, the others go on");
            return false;
        }
    }

    private boolean deleteMarked(BucketView view) throws IOException {
        status.metrics().cleanupLoops.increment();
        boolean ok = true;
        for (var mark : view.deletions().entrySet()) {
            if (isOver(mark.getValue())) {
                ok &= delete(mark.getKey(), () -> isStillMarked(mark.getKey()));
            }
        }
        return ok;
    }

    private boolean isOver(long markedMs) {
        return clock.millis() - markedMs > options.delays().deletion().toMillis();
    }

    /// An operator may have taken the mark away since the bucket was looked at.
    private boolean isStillMarked(BlockId block) throws IOException {
        try {
            var mark = store.mark(block, BlockMark.Kind.DELETION);
            return mark != null && isOver(TimeUnit.SECONDS.toMillis(mark.timeSeconds()));
        } catch (CorruptDataException e) {
            return false;
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    /// @param condition asked last, after the lease
    private boolean delete(BlockId block, Condition condition) throws IOException {
        term.verify();
        try {
            if (!condition.holds()) {
                return true;
            }
            store.delete(block);
            status.metrics().cleaned.increment();
            log.atInfo().addKeyValue("block", block).log("block deleted");
            return true;
        } catch (IOException e) {
            status.metrics().cleanupFailures.increment();
            log.atWarn().addKeyValue("block", block).setCause(e).log("block could not be deleted; it is tried again");
            return false;
        }
    }

    private boolean cleanUp() throws IOException {
        var view = look();
        applyRetention(view);
        // All that could be done is done but for the streams that failed, which are tried again.
        var failed = status.failedStreams().keySet();
        status.left(backlog(
                view,
                view.visible().stream()
                        .filter(block -> failed.contains(block.thanos().labels().toString()))
                        .toList()));
        boolean ok = deleteMarked(view);
        var incomplete = new TreeMap<BlockId, Long>();
        var begun = new UnfinishedBlocks(store.bucket())
                .clean(view.objects(), clock.millis() - PartialUploads.ABANDONED_AFTER.toMillis());
        for (var block : view.objects().values()) {
            // What has an index, too, may be a block that lost its meta.json: an operator decides.
            if (!block.isComplete() && (begun.contains(block.id()) || UnfinishedBlocks.isBeginning(block))) {
                incomplete.put(block.id(), block.newestMs());
            }
        }
        for (var block : PartialUploads.abandoned(incomplete, view.deletions().keySet(), clock.millis())) {
            // The listing may be older than the upload's end.
            String metaKey = BlockFiles.key(block, BlockMeta.FILE);
            if (!store.bucket().exists(metaKey)) {
                status.metrics().partialDeleted.increment();
                ok &= delete(block, () -> !store.bucket().exists(metaKey));
            }
        }
        return ok;
    }

    private List<Retention.Decision> expired(BucketView view) {
        var whole = view.visible().stream()
                .filter(meta -> !view.broken().containsKey(meta.id()))
                .toList();
        // A broken block does not stand in for the finer data that it was made of.
        return options.blockRetention().decide(whole, quarantine.without(whole), clock.millis()).stream()
                .filter(Retention.Decision::canGo)
                .toList();
    }

    private void applyRetention(BucketView view) throws IOException {
        var due = expired(view);
        status.deletionsDue(due.size());
        for (var decision : due) {
            term.verify();
            String details = "block exceeding retention of " + decision.period();
            store.mark(BlockMark.deletion(
                    decision.block().id(), details, clock.instant().getEpochSecond()));
            status.metrics().marked(BlockMark.Kind.DELETION, details);
        }
        status.deletionsDue(0);
    }
}
