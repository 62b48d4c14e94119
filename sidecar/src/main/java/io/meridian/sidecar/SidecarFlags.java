package io.meridian.sidecar;

import io.meridian.server.flag.InertFlag;
import io.meridian.server.flag.TimeOrDuration;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/// What the sidecar can be told, beside its addresses.
public final class SidecarFlags {

    /// Flags of Thanos' sidecar that do nothing here.
    public static final List<InertFlag> INERT = InertFlag.withCommon(
            InertFlag.absent("--prometheus.http-client"),
            InertFlag.absent("--prometheus.http-client-file"),
            InertFlag.toggle("--shipper.skip-corrupted-blocks", "damaged blocks never stop the others"),
            InertFlag.value("--store.limits.request-series", "memory is limited instead"),
            InertFlag.value("--store.limits.request-samples", "memory is limited instead"),
            InertFlag.value("--reloader.config-file", "reload Prometheus by other means"),
            InertFlag.value("--reloader.config-envsubst-file", "reload Prometheus by other means"),
            InertFlag.value("--reloader.rule-dir", "reload Prometheus by other means"),
            InertFlag.value("--reloader.watch-interval", "reload Prometheus by other means"),
            InertFlag.value("--reloader.retry-interval", "reload Prometheus by other means"),
            InertFlag.value("--reloader.method", "reload Prometheus by other means"),
            InertFlag.value("--reloader.process-name", "reload Prometheus by other means"));

    @Option(
            names = "--prometheus.url",
            defaultValue = "http://localhost:9090",
            paramLabel = "URL",
            description = "Where Prometheus serves its API. Default: ${DEFAULT-VALUE}")
    public URI prometheusUrl;

    @Option(
            names = "--prometheus.ready_timeout",
            defaultValue = "10m",
            paramLabel = "DURATION",
            description = "How long to wait for Prometheus before uploads give up. Default: ${DEFAULT-VALUE}")
    public Duration prometheusReadyTimeout;

    @Option(
            names = "--prometheus.get_config_interval",
            defaultValue = "30s",
            paramLabel = "DURATION",
            description = "How often external labels and the oldest time are asked for. Default: ${DEFAULT-VALUE}")
    public Duration prometheusConfigInterval;

    @Option(
            names = "--prometheus.get_config_timeout",
            defaultValue = "30s",
            paramLabel = "DURATION",
            description = "Longest wait for such an answer. Default: ${DEFAULT-VALUE}")
    public Duration prometheusConfigTimeout;

    @Option(
            names = "--tsdb.path",
            defaultValue = "./data",
            paramLabel = "DIR",
            description = "Data directory of Prometheus. Default: ${DEFAULT-VALUE}")
    public Path tsdbPath;

    @Option(
            names = "--min-time",
            defaultValue = "0000-01-01T00:00:00Z",
            paramLabel = "TIME",
            description =
                    "Serve nothing older: a time, or a duration before now such as -2h. Default: ${DEFAULT-VALUE}")
    public TimeOrDuration minTime;

    @Option(
            names = "--objstore.config-file",
            defaultValue = "",
            paramLabel = "FILE",
            description = "Bucket to upload blocks to (YAML); none: no uploads.")
    public String objstoreConfigFile;

    @Option(names = "--objstore.config", defaultValue = "", paramLabel = "YAML", description = "The same, as text.")
    public String objstoreConfig;

    @Option(
            names = "--shipper.upload-compacted",
            negatable = true,
            description = "Also upload blocks that Prometheus compacted.")
    public boolean uploadCompacted;

    @Option(names = "--shipper.ignore-unequal-block-size", negatable = true, hidden = true)
    public boolean ignoreUnequalBlockSize;

    @Option(names = "--shipper.allow-out-of-order-uploads", negatable = true, hidden = true)
    public boolean allowOutOfOrderUploads;

    @Option(
            names = "--shipper.meta-file-name",
            defaultValue = "thanos.shipper.json",
            paramLabel = "NAME",
            description = "Record of uploads, below --tsdb.path. Default: ${DEFAULT-VALUE}")
    public String shipperMetaFileName;

    @Option(
            names = "--shipper.upload-concurrency",
            defaultValue = "0",
            paramLabel = "N",
            description = "Files of a block uploaded at once; 0: one. Default: ${DEFAULT-VALUE}")
    public int uploadConcurrency;

    @Option(
            names = "--hash-func",
            defaultValue = "",
            paramLabel = "NAME",
            description = "Hash of each file in meta.json: none or SHA256.")
    public String hashFunction;

    UploadOptions uploadOptions() {
        if (!hashFunction.isEmpty() && !hashFunction.equals("SHA256")) {
            throw new IllegalArgumentException("unknown --hash-func \"" + hashFunction + "\" (SHA256 or empty)");
        }
        return new UploadOptions(
                uploadCompacted,
                allowOutOfOrderUploads,
                hashFunction.equals("SHA256"),
                Math.max(1, uploadConcurrency),
                shipperMetaFileName);
    }
}
