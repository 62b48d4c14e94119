package io.meridian.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Requests of a process to a bucket, under Thanos' names. Thread-safe.
public final class BucketMetrics {
    private static final String UPLOAD = "upload";

    private record Meters(Timer duration, Counter operations, Counter failures, Counter bytes) {}

    private final Metrics metrics;
    private final String bucket;
    private final Map<String, Meters> byOperation = new ConcurrentHashMap<>();
    private volatile long lastUploadMs;

    BucketMetrics(Metrics metrics, String bucket) {
        this.metrics = metrics;
        this.bucket = bucket;
        for (String operation : new String[] {"iter", "attributes", "get_range", UPLOAD, "delete"}) {
            meters(operation);
        }
        metrics.gauge(
                "thanos_objstore_bucket_last_successful_upload_time",
                "When something was last uploaded, in seconds since 1970; 0: not since the start.",
                () -> lastUploadMs / 1000.0,
                "bucket",
                bucket);
    }

    private Meters meters(String operation) {
        return byOperation.computeIfAbsent(operation, name -> {
            String[] tags = {"bucket", bucket, "operation", name};
            return new Meters(
                    metrics.timer("thanos_objstore_bucket_operation_duration", "Time of requests to the bucket.", tags),
                    metrics.counter("thanos_objstore_bucket_operations", "Requests to the bucket.", tags),
                    metrics.counter("thanos_objstore_bucket_operation_failures", "Requests that failed.", tags),
                    metrics.counter(
                            "thanos_objstore_bucket_operation_transferred_bytes",
                            "Bytes read from or written to the bucket.",
                            tags));
        });
    }

    /// One request, when it is over.
    ///
    /// @param operation as Thanos calls it: `iter`, `attributes`, `get_range`, `upload` or `delete`
    /// @param failed    not where the answer is that the object is not there, or has changed
    public void observe(String operation, long nanos, long bytes, boolean failed) {
        Meters own = meters(operation);
        own.operations().increment();
        own.duration().record(Duration.ofNanos(nanos));
        own.bytes().increment((double) bytes);
        if (failed) {
            own.failures().increment();
        } else if (operation.equals(UPLOAD)) {
            lastUploadMs = System.currentTimeMillis();
        }
    }
}
