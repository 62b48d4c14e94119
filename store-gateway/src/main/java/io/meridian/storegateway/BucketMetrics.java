package io.meridian.storegateway;

import io.meridian.objstore.MeteredBucket;
import io.meridian.objstore.ObjectNotFoundException;
import io.meridian.objstore.PreconditionFailedException;
import io.meridian.server.Metrics;
import io.meridian.tsdb.index.ReadCostEstimate;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Requests to a bucket under Thanos' names.
final class BucketMetrics implements MeteredBucket.Observer {
    private record Meters(Timer duration, Counter operations, Counter failures, Counter bytes) {}

    private final Map<MeteredBucket.Operation, Meters> meters = new EnumMap<>(MeteredBucket.Operation.class);

    private final ReadCostEstimate cost;

    /// @param cost gets the reads
    BucketMetrics(Metrics metrics, String bucket, ReadCostEstimate cost) {
        this.cost = cost;
        for (MeteredBucket.Operation operation : MeteredBucket.Operation.values()) {
            String[] tags = {"bucket", bucket, "operation", name(operation)};
            meters.put(
                    operation,
                    new Meters(
                            metrics.timer(
                                    "thanos_objstore_bucket_operation_duration",
                                    "Time of requests to the bucket.",
                                    tags),
                            metrics.counter("thanos_objstore_bucket_operations", "Requests to the bucket.", tags),
                            metrics.counter("thanos_objstore_bucket_operation_failures", "Requests that failed.", tags),
                            metrics.counter(
                                    "thanos_objstore_bucket_operation_transferred_bytes",
                                    "Bytes read from or written to the bucket.",
                                    tags)));
        }
    }

    private static String name(MeteredBucket.Operation operation) {
        return switch (operation) {
            case LIST -> "iter";
            case STAT -> "attributes";
            case READ -> "get_range";
            case UPLOAD -> "upload";
            case DELETE -> "delete";
        };
    }

    @Override
    public void observe(MeteredBucket.Operation operation, long nanos, long bytes, @Nullable Throwable failure) {
        Meters own = meters.get(operation);
        if (own == null) {
            return;
        }
        if (operation == MeteredBucket.Operation.READ && failure == null) {
            cost.observe(nanos, bytes);
        }
        own.operations().increment();
        own.duration().record(Duration.ofNanos(nanos));
        own.bytes().increment((double) bytes);
        // "it is not there" and "somebody else was faster" are answers
        boolean failed = failure != null
                && !(failure instanceof ObjectNotFoundException)
                && !(failure instanceof PreconditionFailedException);
        if (failed) {
            own.failures().increment();
        }
    }
}
