package io.meridian.compactor;

import io.meridian.compactor.downsample.cuda.DownsampleDevices;
import io.meridian.compactor.lease.LeaderLease;
import io.meridian.compactor.lease.Leadership;
import io.meridian.compactor.lease.LeaseLostException;
import io.meridian.model.json.JsonWriter;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ConditionalWrites;
import io.meridian.objstore.MeteredBucket;
import io.meridian.objstore.PrefixBucket;
import io.meridian.server.BucketMetrics;
import io.meridian.server.Metrics;
import io.meridian.server.Service;
import io.meridian.server.http.HttpEndpoint;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The compactor within a process: it waits until it leads, then passes over the bucket again and again.
public final class CompactorComponent {
    private static final Logger log = LoggerFactory.getLogger(CompactorComponent.class);
    private static final Duration POLL = Duration.ofSeconds(10);
    private static final String HOLDER_FILE = "compactor-id";

    private final String name;
    private final Service service;
    private final CompactorFlags flags;
    private final Leadership lease;
    private final CompactorStatus status;
    private final Compactor compactor;
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean failed;

    private CompactorComponent(
            String name,
            Service service,
            CompactorFlags flags,
            Leadership lease,
            CompactorStatus status,
            Compactor compactor) {
        this.name = name;
        this.service = service;
        this.flags = flags;
        this.lease = lease;
        this.status = status;
        this.compactor = compactor;
    }

    /// Starts to wait for the leadership; returns at once. Without `--wait` the process is asked to end after one pass.
    ///
    /// @param name      of the component in probes
    /// @param directory the component's own, locked by the caller
    /// @throws IOException              if the bucket cannot be reached
    /// @throws IllegalArgumentException if flags are wrong
    public static CompactorComponent start(
            String name, Service service, CompactorFlags flags, Bucket bucket, Path directory) throws IOException {
        var clock = InstantSource.system();
        CompactorOptions options = flags.options(clock);
        Files.createDirectories(directory);
        var lease = flags.leader.open(shard(bucket, options), holder(directory));
        var status = new CompactorStatus(service.metrics());
        status.metrics().bind(options.delays());
        checkConditionalWrites(bucket, flags.leader.type, status);
        var devices = DownsampleDevices.open(
                flags.downsampleDevice(),
                Runtime.getRuntime().availableProcessors(),
                reason -> status.metrics().downsampleFallback(reason));
        var compactor = new Compactor(
                new BlockStore(metered(bucket, service.metrics()), directory.resolve("meta-syncer")),
                options,
                lease,
                status,
                devices::kernel,
                directory.resolve("work"),
                clock);
        var component = new CompactorComponent(name, service, flags, lease, status, compactor);
        Thread leader = Thread.ofPlatform().name(name + "-lease").daemon().start(component::keepLease);
        Thread worker = Thread.ofPlatform().name(name).daemon().start(component::work);
        service.probes().ready(name);
        service.onStop(name, () -> {
            component.stop.countDown();
            worker.interrupt();
            worker.join(Duration.ofSeconds(20));
            leader.join(Duration.ofSeconds(5));
            devices.close();
            lease.release();
        });
        return component;
    }

    /// The lease is not measured: it is written all the time, and the time of the last upload is that of a block.
    private static Bucket metered(Bucket bucket, Metrics metrics) {
        BucketMetrics meters = metrics.bucket(bucket.name());
        return new MeteredBucket(
                bucket,
                (operation, nanos, bytes, failure) ->
                        meters.observe(operation.metricName(), nanos, bytes, MeteredBucket.isFailure(failure)));
    }

    /// A bucket that takes writes it should refuse cannot keep two compactors apart.
    static void checkConditionalWrites(Bucket bucket, String leaderType, CompactorStatus status) throws IOException {
        boolean kept = ConditionalWrites.probe(bucket, LeaderLease.PREFIX).absent();
        status.conditionalWrites(kept);
        if (!kept && leaderType.equals("bucket")) {
            log.atWarn()
                    .addKeyValue("bucket", bucket.name())
                    .log("the bucket ignores conditional writes: two compactors would not keep out of each other's"
                            + " way. Run only one, or elect the leader by --leader.type=kubernetes");
        }
    }

    /// Compactors that take care of different blocks do not wait for one another.
    private static Bucket shard(Bucket bucket, CompactorOptions options) {
        String shard = options.scope().selector().fingerprint();
        return shard.isEmpty() ? bucket : new PrefixBucket(bucket, LeaderLease.PREFIX + "shards/" + shard);
    }

    /// An identity that a restart keeps, so that it leads again at once.
    private static String holder(Path directory) throws IOException {
        Path file = directory.resolve(HOLDER_FILE);
        // Empty after a power cut: then it is made anew, as nobody knows it.
        String known = Files.exists(file) ? Files.readString(file).strip() : "";
        if (!known.isEmpty()) {
            return known;
        }
        String holder = UUID.randomUUID().toString();
        Path temporary = directory.resolve(HOLDER_FILE + ".tmp");
        Files.writeString(temporary, holder);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return holder;
    }

    /// Adds the compactor's API and page.
    ///
    /// @param pages where the page with all blocks is shown
    public void addRoutes(HttpEndpoint.Builder routes, String... pages) {
        status.blocks().addRoutes(routes, pages);
        routes.get(
                "/api/v1/compactor/status",
                exchange -> exchange.respond(
                        200,
                        "application/json",
                        JsonWriter.compact(java.util.Map.of("status", "success", "data", status.toJson()))));
    }

    public CompactorStatus status() {
        return status;
    }

    /// Whether the last pass failed in part.
    public boolean failed() {
        return failed;
    }

    private void keepLease() {
        do {
            try {
                lease.poll();
            } catch (IOException | RuntimeException e) {
                log.warn("the leader's lease could not be looked after; it is tried again", e);
            }
            status.leadership(lease.isLeading(), lease.epoch(), lease.observedHolder());
        } while (!stops(POLL));
    }

    private boolean stops(Duration wait) {
        try {
            return stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private void work() {
        boolean told = false;
        boolean foreignChecked = false;
        while (stop.getCount() > 0) {
            if (!lease.isLeading()) {
                status.state("waiting for the leadership");
                if (!told) {
                    log.info("waiting until this compactor leads");
                    told = true;
                }
                if (stops(Duration.ofMillis(200))) {
                    return;
                }
                continue;
            }
            told = false;
            try {
                if (!foreignChecked) {
                    compactor.checkForeign();
                    foreignChecked = true;
                }
                failed = !compactor.run();
            } catch (ForeignCompactorException e) {
                failed = true;
                service.fail(name, e);
                return;
            } catch (LeaseLostException e) {
                log.warn("{}: its work in progress is dropped", e.getMessage());
                continue;
            } catch (Error e) {
                // this thread ends: without it the process would only look alive
                failed = true;
                service.fail(name, e);
                return;
            } catch (IOException | RuntimeException e) {
                if (stop.getCount() == 0) {
                    return;
                }
                failed = true;
                status.metrics().retries.increment();
                log.error("a pass failed; the next one follows", e);
            }
            if (!flags.wait) {
                service.stop();
                return;
            }
            if (stops(flags.waitInterval)) {
                return;
            }
        }
    }
}
