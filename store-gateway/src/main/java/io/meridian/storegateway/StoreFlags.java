package io.meridian.storegateway;

import io.meridian.server.flag.ByteSize;
import io.meridian.server.flag.InertFlag;
import io.meridian.server.flag.TimeOrDuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/// What the store gateway can be told, beside its addresses.
public final class StoreFlags {
    private static final String MEMORY = "memory is limited instead";
    private static final String NOT_NEEDED = "it is not needed here";

    /// Flags of Thanos' store that do nothing here.
    public static final List<InertFlag> INERT = InertFlag.withCommon(
            InertFlag.toggle("--cache-index-header", "index-headers are always kept in the data directory"),
            InertFlag.value("--block-discovery-strategy", "one recursive listing finds all blocks"),
            InertFlag.value("--chunk-pool-size", MEMORY),
            InertFlag.value("--store.limits.request-series", MEMORY),
            InertFlag.value("--store.limits.request-samples", MEMORY),
            InertFlag.value("--store.grpc.downloaded-bytes-limit", MEMORY),
            InertFlag.value("--store.grpc.touched-series-limit", MEMORY),
            InertFlag.value("--store.grpc.series-sample-limit", MEMORY),
            InertFlag.value("--index-cache.config", "the cache is in memory, see --index-cache-size"),
            InertFlag.value("--index-cache.config-file", "the cache is in memory, see --index-cache-size"),
            InertFlag.absent("--store.caching-bucket.config"),
            InertFlag.absent("--store.caching-bucket.config-file"),
            InertFlag.absent("--objstore-parquet.config"),
            InertFlag.absent("--objstore-parquet.config-file"),
            InertFlag.value("--matcher-cache-size", NOT_NEEDED),
            InertFlag.toggle("--store.enable-index-header-lazy-reader", NOT_NEEDED),
            InertFlag.value("--store.index-header-lazy-reader-idle-timeout", NOT_NEEDED),
            InertFlag.value("--store.index-header-lazy-download-strategy", NOT_NEEDED),
            InertFlag.value("--store.index-header-posting-offsets-in-mem-sampling", NOT_NEEDED),
            InertFlag.toggle("--store.enable-lazy-expanded-postings", NOT_NEEDED),
            InertFlag.value("--store.posting-group-max-key-series-ratio", NOT_NEEDED),
            InertFlag.value("--debug.series-batch-size", NOT_NEEDED),
            InertFlag.value("--debug.estimated-max-series-size", NOT_NEEDED),
            InertFlag.value("--debug.estimated-max-chunk-size", NOT_NEEDED),
            InertFlag.toggle("--debug.advertise-compatibility-label", NOT_NEEDED),
            InertFlag.absent("--bucket-web-label"),
            InertFlag.toggle("--disable-admin-operations", "there are none"));

    @Option(
            names = "--data-dir",
            defaultValue = "./data",
            paramLabel = "DIR",
            description = "Where index-headers and meta.json are kept between starts. Default: ${DEFAULT-VALUE}")
    public Path dataDirectory;

    @Option(
            names = "--objstore.config-file",
            defaultValue = "",
            paramLabel = "FILE",
            description = "The bucket of blocks (YAML).")
    public String objstoreConfigFile;

    @Option(names = "--objstore.config", defaultValue = "", paramLabel = "YAML", description = "The same, as text.")
    public String objstoreConfig;

    @Option(
            names = "--index-cache-size",
            defaultValue = "250MB",
            paramLabel = "SIZE",
            description = "Memory for parts of indexes that were read lately. Default: ${DEFAULT-VALUE}")
    public ByteSize indexCacheSize;

    @Option(
            names = "--sync-block-duration",
            defaultValue = "15m",
            paramLabel = "DURATION",
            description = "How often the bucket is looked at for new blocks. Default: ${DEFAULT-VALUE}")
    public Duration syncInterval;

    @Option(
            names = "--block-sync-concurrency",
            defaultValue = "128",
            paramLabel = "N",
            description = "Blocks opened at once. Default: ${DEFAULT-VALUE}")
    public int syncConcurrency;

    @Option(
            names = "--block-meta-fetch-concurrency",
            defaultValue = "128",
            paramLabel = "N",
            description = "The higher of this and --block-sync-concurrency counts. Default: ${DEFAULT-VALUE}")
    public int metaFetchConcurrency;

    @Option(
            names = "--min-time",
            defaultValue = "0000-01-01T00:00:00Z",
            paramLabel = "TIME",
            description =
                    "Serve nothing older: a time, or a duration before now such as -2w. Default: ${DEFAULT-VALUE}")
    public TimeOrDuration minTime;

    @Option(
            names = "--max-time",
            defaultValue = "9999-12-31T23:59:59Z",
            paramLabel = "TIME",
            description = "Serve nothing newer. Default: ${DEFAULT-VALUE}")
    public TimeOrDuration maxTime;

    @Option(
            names = "--selector.relabel-config",
            defaultValue = "",
            paramLabel = "YAML",
            description = "Which blocks are served, by external labels and __block_id: keep, drop and hashmod.")
    public String selector;

    @Option(
            names = "--selector.relabel-config-file",
            defaultValue = "",
            paramLabel = "FILE",
            description = "The same, in a file.")
    public String selectorFile;

    @Option(
            names = "--consistency-delay",
            defaultValue = "0s",
            paramLabel = "DURATION",
            description = "Least age of blocks that were uploaded, not compacted. Default: ${DEFAULT-VALUE}")
    public Duration consistencyDelay;

    @Option(
            names = "--ignore-deletion-marks-delay",
            defaultValue = "24h",
            paramLabel = "DURATION",
            description = "How long blocks marked for deletion are still served. Default: ${DEFAULT-VALUE}")
    public Duration ignoreDeletionMarksDelay;

    @Option(
            names = "--store.grpc.series-max-concurrency",
            defaultValue = "20",
            paramLabel = "N",
            description = "Series calls at once; more wait. Default: ${DEFAULT-VALUE}")
    public int seriesConcurrency;
}
