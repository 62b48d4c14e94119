package io.meridian.compactor;

import io.meridian.compactor.plan.Resolutions;
import io.meridian.server.Metrics;
import io.meridian.tsdb.block.BlockMark;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// The compactor's metrics, named as Thanos' where the thing is the same.
final class CompactorMetrics {
    private final Metrics metrics;
    final Counter iterations;
    final Counter retries;
    /// Looks at the bucket.
    final Rounds looks;
    /// Searches of a group for blocks whose data another one holds.
    final Rounds garbageCollections;
    final Counter garbageCollected;
    final Counter cleanupLoops;
    final Counter cleaned;
    final Counter cleanupFailures;
    final Counter partialDeleted;
    final Counter quarantined;

    interface Work<T> {
        T run() throws IOException;
    }

    /// Work that is done again and again: how often, how long, and how often it failed.
    record Rounds(Counter all, Counter failures, Timer duration) {
        static Rounds of(Metrics metrics, String name, String plural, String help) {
            return new Rounds(
                    metrics.counter(plural, help),
                    metrics.counter(name + "_failures", help + " Those that failed."),
                    metrics.timer(name + "_duration", help + " Their time."));
        }

        <T> T run(Work<T> work) throws IOException {
            all.increment();
            long began = System.nanoTime();
            try {
                return work.run();
            } catch (IOException | RuntimeException e) {
                failures.increment();
                throw e;
            } finally {
                duration.record(Duration.ofNanos(System.nanoTime() - began));
            }
        }
    }

    CompactorMetrics(Metrics metrics) {
        this.metrics = metrics;
        iterations = metrics.counter("thanos_compact_iterations", "Iterations that ended without an error.");
        retries = metrics.counter("thanos_compact_retries", "Iterations that are to be repeated.");
        looks = Rounds.of(metrics, "thanos_blocks_meta_sync", "thanos_blocks_meta_syncs", "Looks at the bucket.");
        garbageCollections = Rounds.of(
                metrics,
                "thanos_compact_garbage_collection",
                "thanos_compact_garbage_collection",
                "Searches of a group for blocks whose data another one holds.");
        garbageCollected = metrics.counter(
                "thanos_compact_garbage_collected_blocks", "Blocks marked because another one holds their data.");
        cleanupLoops =
                metrics.counter("thanos_compact_block_cleanup_loops", "Times that marked blocks were looked for.");
        cleaned = metrics.counter("thanos_compact_blocks_cleaned", "Blocks deleted.");
        cleanupFailures = metrics.counter("thanos_compact_block_cleanup_failures", "Deletions that failed.");
        partialDeleted =
                metrics.counter("thanos_compact_aborted_partial_uploads_deletion_attempts", "Abandoned uploads.");
        quarantined = metrics.counter("meridian_compact_blocks_quarantined", "Blocks found to be damaged.");
        for (long resolutionMs : Resolutions.ALL) {
            compactionStarted(resolutionMs, 0);
            compactionCompleted(resolutionMs, false, 0);
            failures(resolutionMs, 0);
            downsampled(resolutionMs, 0);
            downsampleFailures(resolutionMs, 0);
        }
        for (String reason : List.of("retention", StreamBlocks.OUTDATED, StreamRunner.MERGED)) {
            marks(BlockMark.Kind.DELETION, reason, 0);
        }
        for (String reason : List.of("deleted", "duplicate", "merged", "retention")) {
            removed(reason, 0);
        }
    }

    void compactionStarted(long resolutionMs) {
        compactionStarted(resolutionMs, 1);
    }

    private void compactionStarted(long resolutionMs, int count) {
        byResolution("thanos_compact_group_compaction_runs_started", "Merges begun.", resolutionMs)
                .increment(count);
    }

    void compactionCompleted(long resolutionMs, boolean vertical) {
        compactionCompleted(resolutionMs, vertical, 1);
    }

    private void compactionCompleted(long resolutionMs, boolean vertical, int count) {
        byResolution("thanos_compact_group_compaction_runs_completed", "Merges ended.", resolutionMs)
                .increment(count);
        byResolution("thanos_compact_group_compactions", "Merges that made a new block.", resolutionMs)
                .increment(count);
        byResolution("thanos_compact_group_vertical_compactions", "Merges of overlapping blocks.", resolutionMs)
                .increment(vertical ? count : 0);
    }

    void compactionFailed(long resolutionMs) {
        failures(resolutionMs, 1);
    }

    private void failures(long resolutionMs, int count) {
        byResolution("thanos_compact_group_compactions_failures", "Merges that failed.", resolutionMs)
                .increment(count);
    }

    void downsampled(long resolutionMs, Duration duration) {
        downsampled(resolutionMs, 1);
        metrics.timer(
                        "thanos_compact_downsample_duration",
                        "Time to downsample a block.",
                        "resolution",
                        Long.toString(resolutionMs))
                .record(duration);
    }

    private void downsampled(long resolutionMs, int count) {
        byResolution("thanos_compact_downsample", "Blocks downsampled.", resolutionMs)
                .increment(count);
    }

    void downsampleFailed(long resolutionMs) {
        downsampleFailures(resolutionMs, 1);
    }

    private void downsampleFailures(long resolutionMs, int count) {
        byResolution("thanos_compact_downsample_failures", "Downsamplings that failed.", resolutionMs)
                .increment(count);
    }

    /// The CPU does what CUDA was to do.
    void downsampleFallback(String reason) {
        metrics.counter(
                        "meridian_compact_downsample_cuda_fallbacks",
                        "Times that the CPU took over from CUDA: no device, or a failure in mid-batch.",
                        "reason",
                        reason)
                .increment();
    }

    void marked(BlockMark.Kind kind, String reason) {
        marks(kind, reason.startsWith("block exceeding retention") ? "retention" : reason, 1);
    }

    private void marks(BlockMark.Kind kind, String reason, int count) {
        metrics.counter(
                        "thanos_compact_blocks_marked",
                        "Blocks marked.",
                        "marker",
                        kind.file(),
                        "reason",
                        reason.toLowerCase(Locale.ROOT))
                .increment(count);
    }

    /// @param reason why samples of the inputs are not in the output
    void removed(String reason, long samples) {
        metrics.counter("meridian_compact_samples_removed", "Samples left out by merges.", "reason", reason)
                .increment((double) samples);
    }

    private Counter byResolution(String name, String help, long resolutionMs) {
        return metrics.counter(name, help, "resolution", Long.toString(resolutionMs));
    }

    /// Registers what Thanos tells of these flags.
    void bind(CompactorOptions.Delays delays) {
        metrics.gauge(
                "thanos_delete_delay_seconds",
                "--delete-delay.",
                () -> delays.deletion().toSeconds());
        metrics.gauge(
                "thanos_consistency_delay_seconds",
                "--consistency-delay.",
                () -> delays.consistency().toSeconds());
    }

    /// Registers what is read from the status.
    void bind(CompactorStatus status) {
        metrics.gauge(
                "thanos_compact_todo_compactions",
                "Merges to do.",
                () -> status.backlog().compactions());
        metrics.gauge(
                "thanos_compact_todo_compaction_blocks",
                "Blocks to merge.",
                () -> status.backlog().compactionBlocks());
        metrics.gauge(
                "thanos_compact_todo_downsample_blocks",
                "Blocks to downsample.",
                () -> status.backlog().downsamplings());
        metrics.gauge(
                "thanos_compact_todo_deletion_blocks",
                "Blocks to mark because their retention is over.",
                () -> status.deletionsDue());
        metrics.gauge("thanos_compact_halted", "Always 0: nothing halts this compactor.", () -> 0);
        metrics.gauge("meridian_compact_leader", "Whether this compactor leads.", () -> status.isLeading() ? 1 : 0);
        metrics.gauge(
                "meridian_compact_bucket_ignores_conditional_writes",
                "1 where the bucket cannot keep two compactors apart.",
                () -> status.ignoresConditions() ? 1 : 0);
        metrics.gauge("meridian_compact_eta_seconds", "Estimated time to the end.", () -> status.etaSeconds());
        metrics.gauge(
                "meridian_compact_quarantined_blocks", "Blocks in quarantine now.", () -> status.quarantinedCount());
        metrics.gauge(
                "meridian_compact_last_iteration_success_timestamp_seconds",
                "When an iteration last ended without an error.",
                () -> status.lastSuccessMs() / 1000.0);
    }
}
