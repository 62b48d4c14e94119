package io.meridian.storegateway;

import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.MeteredBucket;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.proto.info.EndpointInfo;
import io.meridian.proto.info.EndpointServices;
import io.meridian.server.BucketMetrics;
import io.meridian.server.Metrics;
import io.meridian.server.Service;
import io.meridian.server.flag.TextOrFile;
import io.meridian.server.http.HttpEndpoint;
import io.meridian.tsdb.block.SelectorRules;
import io.meridian.tsdb.index.ReadCost;
import io.meridian.tsdb.index.ReadCostEstimate;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store gateway without its servers: a bucket of blocks as a source, kept up to date. Several may run in one
/// process.
public final class StoreComponent {
    private static final Logger log = LoggerFactory.getLogger(StoreComponent.class);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final String name;
    private final Service service;
    private final StoreFlags flags;
    private final InstantSource clock = InstantSource.system();
    private final Bucket bucket;
    private final ByteCache cache;
    private final BlockCatalog catalog;
    private final BucketSource source;
    private final CountDownLatch stop = new CountDownLatch(1);

    private StoreComponent(
            String name, Service service, StoreFlags flags, Path directory, Bucket bucket, ReadCostEstimate estimate)
            throws IOException {
        this.name = name;
        this.service = service;
        this.flags = flags;
        this.bucket = bucket;
        this.cache = new ByteCache(flags.indexCacheSize.bytes());
        Supplier<ReadCost> cost = bucket.isLocal() ? () -> ReadCost.LOCAL : estimate;
        var settings = new CatalogSettings(
                this::partition,
                SelectorRules.parse(TextOrFile.read("--selector.relabel-config", flags.selector, flags.selectorFile)),
                flags.consistencyDelay,
                flags.ignoreDeletionMarksDelay,
                Math.max(1, Math.max(flags.syncConcurrency, flags.metaFetchConcurrency)),
                clock);
        this.catalog = new BlockCatalog(bucket, directory, settings, new BucketBlockOpener(bucket, cost, cache));
        this.source = new BucketSource(name, catalog::snapshot, this::partition, Math.max(1, flags.seriesConcurrency));
    }

    /// Opens the bucket and starts to look for blocks; returns at once. The probe of this name becomes ready when all
    /// blocks that the bucket had at the start can answer.
    ///
    /// @param name      of the component in probes
    /// @param directory for what is kept between starts; of this component alone
    /// @throws IOException              if the bucket cannot be opened
    /// @throws IllegalArgumentException if flags or configurations are wrong
    public static StoreComponent start(String name, Service service, StoreFlags flags, Path directory)
            throws IOException {
        var estimate = new ReadCostEstimate();
        Bucket bucket = openBucket(flags, service.metrics(), estimate);
        var component = new StoreComponent(name, service, flags, directory, bucket, estimate);
        service.probes().notReady(name, "looking for blocks in " + bucket.name());
        component.registerMetrics();
        if (!bucket.isLocal()) {
            component.registerCost(estimate);
        }
        Thread syncs = Thread.ofPlatform().name(name + "-sync").daemon().start(component::keepInSync);
        service.onStop(name, () -> {
            component.stop.countDown();
            syncs.interrupt();
            syncs.join(Duration.ofSeconds(10));
            component.catalog.close();
            bucket.close();
        });
        return component;
    }

    private static Bucket openBucket(StoreFlags flags, Metrics metrics, ReadCostEstimate estimate) throws IOException {
        String yaml = TextOrFile.read("--objstore.config", flags.objstoreConfig, flags.objstoreConfigFile);
        if (yaml.isBlank()) {
            throw new IllegalArgumentException(
                    "no bucket is configured: give --objstore.config-file or --objstore.config");
        }
        Bucket bucket = BucketConfig.open(yaml);
        BucketMetrics meters = metrics.bucket(bucket.name());
        return new MeteredBucket(bucket, (operation, nanos, bytes, failure) -> {
            meters.observe(operation.metricName(), nanos, bytes, MeteredBucket.isFailure(failure));
            if (operation == MeteredBucket.Operation.READ && failure == null) {
                estimate.observe(nanos, bytes);
            }
        });
    }

    private TimeRange partition() {
        return new TimeRange(flags.minTime.epochMs(clock), flags.maxTime.epochMs(clock));
    }

    /// All blocks served.
    public SeriesSource source() {
        return source;
    }

    /// What the Info API says.
    public EndpointInfo info() {
        return EndpointInfo.of("store", source.coverage());
    }

    /// What this component serves over gRPC.
    public List<io.vertx.grpc.server.Service> grpcServices() {
        return EndpointServices.of(service.vertx(), source, this::info, service.probes()::isReady);
    }

    /// JSON of what `/api/v1/status/blocks` shows, without its envelope.
    public String statusJson() {
        return new StatusBlocks(catalog::snapshot).data();
    }

    /// Adds what this component serves over HTTP.
    public void addRoutes(HttpEndpoint.Builder routes) {
        routes.get("/api/v1/status/blocks", new StatusBlocks(catalog::snapshot));
    }

    private void keepInSync() {
        Metrics metrics = service.metrics();
        Counter syncs = metrics.counter("thanos_blocks_meta_syncs", "Looks at the bucket.");
        Counter failures = metrics.counter("thanos_blocks_meta_sync_failures", "Looks at the bucket that failed.");
        Timer duration = metrics.timer("thanos_blocks_meta_sync_duration", "Time of a look at the bucket.");
        boolean ready = false;
        while (stop.getCount() > 0) {
            syncs.increment();
            long began = System.nanoTime();
            Duration pause = flags.syncInterval;
            try {
                catalog.sync();
                if (!ready) {
                    ready = true;
                    log.atInfo()
                            .addKeyValue("blocks", catalog.snapshot().blocks().size())
                            .addKeyValue(
                                    "problems", catalog.snapshot().problems().size())
                            .addKeyValue(
                                    "millis",
                                    Duration.ofNanos(System.nanoTime() - began).toMillis())
                            .log("blocks can answer");
                    service.probes().ready(name);
                }
            } catch (IOException | RuntimeException e) {
                if (stop.getCount() == 0) {
                    return;
                }
                failures.increment();
                log.error("cannot look for blocks in {}", bucket.name(), e);
                if (!ready) {
                    service.probes().notReady(name, String.valueOf(e.getMessage()));
                    pause = RETRY;
                }
            }
            duration.record(Duration.ofNanos(System.nanoTime() - began));
            try {
                if (stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void registerCost(ReadCostEstimate estimate) {
        service.metrics()
                .gauge(
                        "meridian_store_bucket_latency_seconds",
                        "Time to the first byte of a read, as estimated from past reads.",
                        estimate::latencySeconds);
        service.metrics()
                .gauge(
                        "meridian_store_bucket_bytes_per_second",
                        "Rate of one read, as estimated from past reads.",
                        estimate::bytesPerSecond);
    }

    private void registerMetrics() {
        Metrics metrics = service.metrics();
        metrics.gauge(
                "thanos_bucket_store_blocks_loaded",
                "Blocks that answer.",
                () -> catalog.snapshot().blocks().size());
        for (BlockFilter.State state : BlockFilter.State.values()) {
            metrics.gauge(
                    "thanos_blocks_meta_synced",
                    "Blocks of the bucket by what became of them.",
                    () -> catalog.states().getOrDefault(state, 0),
                    "state",
                    state.label());
        }
        for (BlockProblem.Kind kind : BlockProblem.Kind.values()) {
            metrics.gauge(
                    "meridian_store_block_problems",
                    "Blocks whose data is missing from answers.",
                    () -> catalog.snapshot().problems().stream()
                            .filter(problem -> problem.kind() == kind)
                            .count(),
                    "kind",
                    kind.name().toLowerCase(java.util.Locale.ROOT));
        }
        metrics.gauge("thanos_store_index_cache_items", "Ranges of indexes in memory.", cache::size);
        metrics.gauge("thanos_store_index_cache_total_size_bytes", "Their size in bytes.", cache::bytes);
        metrics.gauge("meridian_store_index_cache_requests", "Look-ups of ranges of indexes.", cache::requests);
        metrics.gauge("meridian_store_index_cache_hits", "Look-ups that found them in memory.", cache::hits);
    }
}
