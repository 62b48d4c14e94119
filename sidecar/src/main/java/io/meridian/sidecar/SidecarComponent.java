package io.meridian.sidecar;

import io.meridian.model.Labels;
import io.meridian.model.SeriesSource;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.MeteredBucket;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.proto.info.EndpointInfo;
import io.meridian.proto.info.EndpointServices;
import io.meridian.server.BucketMetrics;
import io.meridian.server.Metrics;
import io.meridian.server.Service;
import io.meridian.server.flag.TextOrFile;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sidecar without its servers: a source over a live Prometheus, kept up to date, and uploads beside it. Several
/// may run in one process.
public final class SidecarComponent {
    private static final Logger log = LoggerFactory.getLogger(SidecarComponent.class);
    private static final Duration UPLOAD_INTERVAL = Duration.ofSeconds(30);

    private final String name;
    private final Service service;
    private final SidecarFlags flags;
    private final InstantSource clock = InstantSource.system();
    private final PrometheusClient prometheus;
    private final PrometheusStatus status;
    private final PrometheusSource source;
    private volatile PrometheusState state = PrometheusState.UNKNOWN;
    private final CountDownLatch known = new CountDownLatch(1);
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean up;
    private volatile String lastFailure = "";
    private volatile long lastHeartbeatSeconds;

    private SidecarComponent(String name, Service service, SidecarFlags flags) {
        this.name = name;
        this.service = service;
        this.flags = flags;
        this.prometheus = new PrometheusClient(flags.prometheusUrl, flags.prometheusConfigTimeout);
        this.status = new PrometheusStatus(prometheus);
        this.source = new PrometheusSource(prometheus, () -> state);
    }

    /// Starts to ask Prometheus, and to upload where a bucket is configured; returns at once. The probe of this name
    /// becomes ready when Prometheus has told its external labels.
    ///
    /// @param name of the component in probes
    /// @throws IOException              if the bucket cannot be opened
    /// @throws IllegalArgumentException if flags or the bucket's configuration are wrong
    public static SidecarComponent start(String name, Service service, SidecarFlags flags) throws IOException {
        var component = new SidecarComponent(name, service, flags);
        UploadOptions options = flags.uploadOptions();
        @Nullable Bucket bucket = openBucket(flags, service.metrics());
        service.probes().notReady(name, "waiting for Prometheus at " + flags.prometheusUrl);
        component.registerMetrics();
        Thread heartbeat =
                Thread.ofVirtual().name(name + "-heartbeat").start(() -> component.heartbeat(bucket != null));
        service.onStop(name, () -> {
            component.stop.countDown();
            heartbeat.interrupt();
            component.prometheus.close();
        });
        if (bucket != null) {
            Thread uploads =
                    Thread.ofPlatform().name(name + "-uploads").daemon().start(() -> component.upload(bucket, options));
            service.onStop(name + " uploads", () -> {
                component.stop.countDown();
                uploads.join(Duration.ofSeconds(5));
                uploads.interrupt();
                uploads.join(Duration.ofSeconds(5));
                bucket.close();
            });
        }
        return component;
    }

    private static @Nullable Bucket openBucket(SidecarFlags flags, Metrics metrics) throws IOException {
        String yaml = TextOrFile.read("--objstore.config", flags.objstoreConfig, flags.objstoreConfigFile);
        if (yaml.isBlank()) {
            log.info("no bucket is configured, blocks are not uploaded");
            return null;
        }
        Bucket bucket = BucketConfig.open(yaml);
        BucketMetrics meters = metrics.bucket(bucket.name());
        return new MeteredBucket(
                bucket,
                (operation, nanos, bytes, failure) ->
                        meters.observe(operation.metricName(), nanos, bytes, MeteredBucket.isFailure(failure)));
    }

    /// The live data.
    public SeriesSource source() {
        return source;
    }

    /// External labels as last learnt; empty before that.
    public Labels externalLabels() {
        return state.externalLabels();
    }

    /// What this component serves over gRPC.
    public List<io.vertx.grpc.server.Service> grpcServices() {
        return EndpointServices.of(service.vertx(), source, this::info, service.probes()::isReady);
    }

    /// What the Info API says.
    public EndpointInfo info() {
        return EndpointInfo.of("sidecar", source.coverage());
    }

    private void registerMetrics() {
        var metrics = service.metrics();
        metrics.gauge(
                "thanos_sidecar_prometheus_up",
                "Whether Prometheus answered the last heartbeat.",
                () -> up ? 1 : 0,
                "prometheus",
                prometheus.url());
        metrics.gauge(
                "thanos_sidecar_last_heartbeat_success_time_seconds",
                "When Prometheus last answered.",
                () -> lastHeartbeatSeconds,
                "prometheus",
                prometheus.url());
    }

    private void heartbeat(boolean uploads) {
        boolean flagsChecked = !uploads;
        while (stop.getCount() > 0) {
            try {
                if (!flagsChecked) {
                    checkFlags();
                    flagsChecked = true;
                }
                refresh();
            } catch (IOException | IllegalStateException e) {
                // Prometheus may come back, or be restarted with other flags.
                unready(e);
            }
            if (pause(flags.prometheusConfigInterval, known.getCount() > 0)) {
                return;
            }
        }
    }

    private void unready(Exception e) {
        if (stop.getCount() == 0) {
            return;
        }
        String reason = String.valueOf(e.getMessage());
        if (!reason.equals(lastFailure)) {
            log.warn("Prometheus at {} does not answer as needed: {}", prometheus.url(), reason);
        }
        lastFailure = reason;
        up = false;
        service.probes().notReady(name, reason);
    }

    private void checkFlags() throws IOException {
        var prometheusFlags = status.flags();
        if (prometheusFlags == null) {
            log.warn("this Prometheus does not tell its flags; they are not checked");
            return;
        }
        FlagCheck.check(
                prometheusFlags, flags.tsdbPath.resolve(flags.shipperMetaFileName), flags.ignoreUnequalBlockSize);
    }

    private void refresh() throws IOException {
        Labels externalLabels = status.externalLabels();
        if (externalLabels.isEmpty()) {
            var failure = new IllegalStateException("Prometheus at " + prometheus.url()
                    + " has no external labels: set global.external_labels, different for each Prometheus");
            if (known.getCount() > 0) {
                service.fail(name, failure);
            }
            throw failure;
        }
        long lowestMs = Math.max(flags.minTime.epochMs(clock), status.lowestTimeMs());
        String version = known.getCount() > 0 ? status.version() : state.version();
        state = new PrometheusState(externalLabels, lowestMs, version);
        lastHeartbeatSeconds = clock.millis() / 1000;
        if (!up) {
            log.atInfo()
                    .addKeyValue("external_labels", externalLabels)
                    .addKeyValue("version", version)
                    .log("Prometheus answers");
        }
        up = true;
        lastFailure = "";
        known.countDown();
        service.probes().ready(name);
    }

    /// Waits; true if the component stops.
    private boolean pause(Duration interval, boolean hurry) {
        long millis = hurry ? Math.min(1_000, interval.toMillis()) : interval.toMillis();
        try {
            return stop.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void upload(Bucket bucket, UploadOptions options) {
        try {
            if (!known.await(flags.prometheusReadyTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                if (stop.getCount() > 0) {
                    service.fail(
                            name + " uploads",
                            new IOException("Prometheus at " + prometheus.url() + " was not ready within "
                                    + flags.prometheusReadyTimeout.toSeconds() + " s"));
                }
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (!Files.isDirectory(flags.tsdbPath.resolve("wal"))) {
            log.warn("{} has no folder wal: is it the data directory of Prometheus?", flags.tsdbPath);
        }
        var uploader = new BlockUploader(flags.tsdbPath, bucket, this::externalLabels, options, clock);
        var meters = new UploadMetrics(service.metrics(), prometheus.url(), uploader, options.uploadCompacted());
        try {
            uploader.cleanUp();
        } catch (IOException e) {
            log.warn("cannot remove what an earlier upload left", e);
        }
        do {
            meters.sync();
        } while (!pause(UPLOAD_INTERVAL, false));
    }
}
