package io.meridian.compactor;

import io.meridian.compactor.merge.MergeCounts;
import io.meridian.compactor.plan.Backlog;
import io.meridian.compactor.plan.DownsampleSchedule;
import io.meridian.server.Metrics;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the compactor does and has done, for people: `/api/v1/compactor/status`. Thread-safe.
public final class CompactorStatus {
    private static final String UPLOAD = "meta.json is missing: an upload under way, or given up";
    private static final String WITHOUT_META =
            "meta.json is missing, the rest may be whole: an upload under way, or meta.json was lost. The block is left alone; "
                    + "meridian tools bucket repair writes it anew, with the external labels that it is told";

    private final CompactorMetrics metrics;
    private final BlockViewer viewer = new BlockViewer();
    private final Map<String, String> failedStreams = new TreeMap<>();
    private Backlog backlog = Backlog.NONE;
    private List<Quarantine.Entry> quarantined = List.of();
    private Map<BlockId, String> unreadable = Map.of();
    private Map<BlockId, String> damagedMarks = Map.of();
    private Map<BlockId, String> ahead = Map.of();
    private Map<BlockId, String> incomplete = Map.of();
    private String state = "starting";
    private String leader = "";
    private boolean leading;
    private long epoch;
    private boolean ignoresConditions;
    private int streams;
    private int blocks;
    private long samplesDone;
    private double secondsBusy;
    private long samplesLeft;
    private long compactions;
    private long downsamplings;
    private int deletionsDue;
    private long lastSuccessMs;
    private MergeCounts removed = new MergeCounts(0, 0, 0, 0);

    public CompactorStatus(Metrics registry) {
        metrics = new CompactorMetrics(registry);
        metrics.bind(this);
    }

    CompactorMetrics metrics() {
        return metrics;
    }

    synchronized void state(String now) {
        state = now;
    }

    /// @param kept whether the bucket refuses writes whose condition does not hold
    synchronized void conditionalWrites(boolean kept) {
        ignoresConditions = !kept;
    }

    synchronized boolean ignoresConditions() {
        return ignoresConditions;
    }

    synchronized void leadership(boolean isLeader, long newEpoch, String holder) {
        leading = isLeader;
        epoch = newEpoch;
        leader = holder;
    }

    synchronized void begin(BucketView view, int streamCount, Backlog work, long nowMs) {
        streams = streamCount;
        blocks = view.visible().size();
        backlog = work;
        samplesLeft = work.samples();
        failedStreams.clear();
        var reasons = new TreeMap<BlockId, String>();
        view.unreadable().forEach((id, e) -> reasons.put(id, String.valueOf(e.getMessage())));
        reasons.putAll(view.unreachable());
        unreadable = reasons;
        damagedMarks = new TreeMap<>(view.damagedMarks());
        ahead = view.ahead(nowMs);
        var uploads = new TreeMap<BlockId, String>();
        for (var block : view.objects().values()) {
            if (!block.isComplete()) {
                uploads.put(block.id(), UnfinishedBlocks.isBeginning(block) ? UPLOAD : WITHOUT_META);
            }
        }
        incomplete = uploads;
    }

    /// What a pass leaves behind.
    synchronized void left(Backlog work) {
        backlog = work;
        samplesLeft = work.samples();
    }

    /// @param blocksDue whose retention is over, and which are not marked yet
    synchronized void deletionsDue(int blocksDue) {
        deletionsDue = blocksDue;
    }

    synchronized int deletionsDue() {
        return deletionsDue;
    }

    synchronized void compacted(List<BlockMeta> plan, Instant started, Instant ended) {
        long samples =
                plan.stream().mapToLong(block -> block.stats().numSamples()).sum();
        compactions++;
        backlog = new Backlog(
                Math.max(0, backlog.compactions() - 1),
                Math.max(0, backlog.compactionBlocks() - plan.size()),
                backlog.downsamplings(),
                Math.max(0, backlog.samples() - samples));
        worked(samples, started, ended);
        metrics.compactionCompleted(plan.getFirst().thanos().resolutionMs(), overlaps(plan));
    }

    /// Where samples of a merge's inputs went that are not in its output.
    synchronized void removed(MergeCounts counts) {
        metrics.removed("deleted", counts.deleted());
        metrics.removed("duplicate", counts.duplicates());
        metrics.removed("merged", counts.merged());
        metrics.removed("retention", counts.expired());
        removed = new MergeCounts(
                removed.input() + counts.input(),
                removed.deleted() + counts.deleted(),
                removed.duplicates() + counts.duplicates(),
                removed.merged() + counts.merged(),
                removed.expired() + counts.expired());
    }

    private static boolean overlaps(List<BlockMeta> plan) {
        long endMs = Long.MIN_VALUE;
        for (var block : plan) {
            if (block.minTimeMs() < endMs) {
                return true;
            }
            endMs = Math.max(endMs, block.maxTimeMs());
        }
        return false;
    }

    synchronized void downsampled(DownsampleSchedule.Step step, Instant started, Instant ended) {
        downsamplings++;
        long samples = step.block().stats().numSamples();
        backlog = new Backlog(
                backlog.compactions(),
                backlog.compactionBlocks(),
                Math.max(0, backlog.downsamplings() - 1),
                Math.max(0, backlog.samples() - samples));
        worked(samples, started, ended);
        metrics.downsampled(step.block().thanos().resolutionMs(), Duration.between(started, ended));
    }

    private void worked(long samples, Instant started, Instant ended) {
        samplesDone += samples;
        samplesLeft = Math.max(0, samplesLeft - samples);
        secondsBusy += Duration.between(started, ended).toNanos() / 1e9;
    }

    synchronized void streamFailed(String stream, String reason) {
        failedStreams.put(stream, reason);
    }

    synchronized void end(List<Quarantine.Entry> quarantine, boolean success, long nowMs) {
        quarantined = quarantine;
        if (success) {
            lastSuccessMs = nowMs;
        }
    }

    /// Blocks as people look at them.
    BlockViewer blocks() {
        return viewer;
    }

    synchronized ProgressBar.State progress() {
        return new ProgressBar.State(
                state,
                streams,
                backlog.compactionBlocks() + backlog.downsamplings(),
                samplesDone,
                samplesLeft,
                rate(),
                etaSeconds());
    }

    synchronized Backlog backlog() {
        return backlog;
    }

    synchronized boolean isLeading() {
        return leading;
    }

    synchronized int quarantinedCount() {
        return quarantined.size() + unreadable.size();
    }

    synchronized long lastSuccessMs() {
        return lastSuccessMs;
    }

    /// Streams that could not be brought to their end in the last iteration, and why.
    public synchronized Map<String, String> failedStreams() {
        return new TreeMap<>(failedStreams);
    }

    /// Estimated seconds until all work that is known now is done; 0 if none is, or nothing is known of the rate yet.
    synchronized double etaSeconds() {
        double rate = rate();
        return rate > 0 ? samplesLeft / rate : 0;
    }

    private double rate() {
        return secondsBusy > 0 ? samplesDone / secondsBusy : 0;
    }

    /// As the API shows it.
    public synchronized Map<String, @Nullable Object> toJson() {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("state", state);
        json.put("leading", leading);
        json.put("epoch", epoch);
        json.put("leader", leader);
        json.put("bucketIgnoresConditionalWrites", ignoresConditions);
        json.put("groups", streams);
        json.put("blocks", blocks);
        var todo = new LinkedHashMap<String, @Nullable Object>();
        todo.put("compactions", backlog.compactions());
        todo.put("compactionBlocks", backlog.compactionBlocks());
        todo.put("downsamplings", backlog.downsamplings());
        todo.put("samples", backlog.samples());
        todo.put("deletions", deletionsDue);
        json.put("todo", todo);
        var done = new LinkedHashMap<String, @Nullable Object>();
        done.put("compactions", compactions);
        done.put("downsamplings", downsamplings);
        done.put("samples", samplesDone);
        var left = new LinkedHashMap<String, @Nullable Object>();
        left.put("deleted", removed.deleted());
        left.put("duplicate", removed.duplicates());
        left.put("merged", removed.merged());
        left.put("retention", removed.expired());
        done.put("samplesRemoved", left);
        json.put("done", done);
        json.put("samplesPerSecond", rate());
        json.put("etaSeconds", etaSeconds());
        json.put(
                "lastSuccess",
                lastSuccessMs == 0 ? null : Instant.ofEpochMilli(lastSuccessMs).toString());
        var bad = new ArrayList<@Nullable Object>();
        for (var entry : quarantined) {
            bad.add(entry(entry.block(), entry.stream(), entry.work(), entry.reason()));
        }
        unreadable.forEach((id, reason) -> bad.add(entry(id, "", "meta data", reason)));
        damagedMarks.forEach((id, reason) -> bad.add(entry(id, "", "mark", reason)));
        ahead.forEach((id, reason) -> bad.add(entry(id, "", "clock", reason)));
        incomplete.forEach((id, reason) -> bad.add(entry(id, "", "upload", reason)));
        json.put("quarantined", bad);
        var failed = new ArrayList<@Nullable Object>();
        failedStreams.forEach((stream, reason) -> failed.add(Map.of("group", stream, "reason", reason)));
        json.put("failed", failed);
        return json;
    }

    private static Map<String, @Nullable Object> entry(BlockId block, String stream, String work, String reason) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("block", block.toString());
        json.put("group", stream);
        json.put("work", work);
        json.put("reason", reason);
        return json;
    }
}
