package io.meridian.compactor;

import io.meridian.compactor.plan.Resolutions;
import io.meridian.server.Metrics;
import io.meridian.tsdb.block.BlockMark;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.Locale;

/// The compactor's metrics, named as Thanos' where the thing is the same.
final class CompactorMetrics {
    private final Metrics metrics;
    final Counter iterations;
    final Counter retries;
    final Counter garbageCollected;
    final Counter cleaned;
    final Counter cleanupFailures;
    final Counter partialDeleted;
    final Counter quarantined;

    CompactorMetrics(Metrics metrics) {
        this.metrics = metrics;
        iterations = metrics.counter("thanos_compact_iterations", "Iterations that ended without an error.");
        retries = metrics.counter("thanos_compact_retries", "Iterations that are to be repeated.");
        garbageCollected = metrics.counter(
                "thanos_compact_garbage_collected_blocks", "Blocks marked because another one holds their data.");
        cleaned = metrics.counter("thanos_compact_blocks_cleaned", "Blocks deleted.");
        cleanupFailures = metrics.counter("thanos_compact_block_cleanup_failures", "Deletions that failed.");
        partialDeleted =
                metrics.counter("thanos_compact_aborted_partial_uploads_deletion_attempts", "Abandoned uploads.");
        quarantined = metrics.counter("meridian_compact_blocks_quarantined", "Blocks found to be damaged.");
        for (long resolutionMs : Resolutions.ALL) {
            compactionStarted(resolutionMs, 0);
            compactionCompleted(resolutionMs, false, 0);
            failures(resolutionMs, 0);
        }
        for (String reason : java.util.List.of("deleted", "duplicate", "merged", "retention")) {
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
        byResolution("thanos_compact_downsample", "Blocks downsampled.", resolutionMs)
                .increment();
        metrics.timer(
                        "thanos_compact_downsample_duration",
                        "Time to downsample a block.",
                        "resolution",
                        Long.toString(resolutionMs))
                .record(duration);
    }

    void downsampleFailed(long resolutionMs) {
        byResolution("thanos_compact_downsample_failures", "Downsamplings that failed.", resolutionMs)
                .increment();
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
        String bounded = reason.startsWith("block exceeding retention") ? "retention" : reason;
        metrics.counter(
                        "thanos_compact_blocks_marked",
                        "Blocks marked.",
                        "marker",
                        kind.file(),
                        "reason",
                        bounded.toLowerCase(Locale.ROOT))
                .increment();
    }

    /// @param reason why samples of the inputs are not in the output
    void removed(String reason, long samples) {
        metrics.counter("meridian_compact_samples_removed", "Samples left out by merges.", "reason", reason)
                .increment((double) samples);
    }

    private Counter byResolution(String name, String help, long resolutionMs) {
        return metrics.counter(name, help, "resolution", Long.toString(resolutionMs));
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
