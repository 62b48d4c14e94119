package io.meridian.sidecar;

import io.meridian.server.Metrics;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs rounds of uploads and counts them under Thanos' names.
final class UploadMetrics {
    private static final Logger log = LoggerFactory.getLogger(UploadMetrics.class);

    private final BlockUploader uploader;
    private final Counter syncs;
    private final Counter syncFailures;
    private final Counter uploads;
    private final Counter uploadFailures;
    private volatile boolean done;

    UploadMetrics(Metrics metrics, String prometheus, BlockUploader uploader, boolean compacted) {
        this.uploader = uploader;
        String[] tags = {"prometheus", prometheus};
        syncs = metrics.counter("thanos_shipper_dir_syncs", "Rounds of uploads.", tags);
        syncFailures = metrics.counter("thanos_shipper_dir_sync_failures", "Rounds that failed.", tags);
        uploads = metrics.counter("thanos_shipper_uploads", "Blocks uploaded.", tags);
        uploadFailures = metrics.counter("thanos_shipper_upload_failures", "Uploads of blocks that failed.", tags);
        metrics.gauge(
                "thanos_shipper_upload_compacted_done",
                "Whether every compacted block is uploaded.",
                () -> compacted && done ? 1 : 0,
                tags);
        metrics.gauge(
                "meridian_shipper_stuck_blocks",
                "Local blocks that could not be uploaded in the last round.",
                () -> uploader.stuck().size(),
                tags);
    }

    void sync() {
        syncs.increment();
        try {
            BlockUploader.Round round = uploader.sync();
            uploads.increment(round.uploaded());
            uploadFailures.increment(round.failed());
            done = round.failed() == 0;
        } catch (IOException | RuntimeException e) {
            done = false;
            syncFailures.increment();
            uploadFailures.increment();
            log.error("round of uploads failed", e);
        }
    }
}
