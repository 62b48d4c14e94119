package io.meridian.compactor;

import io.meridian.compactor.downsample.cuda.DownsampleDevices;
import io.meridian.compactor.lease.LeaderFlags;
import io.meridian.compactor.merge.Deduplication;
import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.TimeRange;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.server.flag.ByteSize;
import io.meridian.server.flag.GoDuration;
import io.meridian.server.flag.InertFlag;
import io.meridian.server.flag.TextOrFile;
import io.meridian.server.flag.TimeOrDuration;
import io.meridian.tsdb.block.SelectorRules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What the compactor can be told, beside its address and logging.
public final class CompactorFlags {
    private static final Duration RAW_RETENTION_MIN = Duration.ofHours(40);
    private static final Duration FIVE_MINUTES_RETENTION_MIN = Duration.ofDays(10);

    /// Flags of Thanos' compactor that do nothing here.
    public static final List<InertFlag> INERT = InertFlag.withCommon(
            InertFlag.value("--block-discovery-strategy", "blocks are found by one recursive listing"),
            InertFlag.value("--block-meta-fetch-concurrency", "meta data is read 32 at a time"),
            InertFlag.value("--block-files-concurrency", "files are streamed"),
            InertFlag.value("--compact.blocks-fetch-concurrency", "blocks are read by ranges, not downloaded"),
            InertFlag.value("--downsample.concurrency", "all cores downsample"),
            InertFlag.value("--compact.cleanup-interval", "every pass cleans up"),
            InertFlag.value("--compact.progress-interval", "progress is always up to date"),
            InertFlag.toggle("--compact.skip-block-with-out-of-order-chunks", "such blocks are quarantined"),
            InertFlag.toggle("--debug.accept-malformed-index", "such blocks are quarantined"),
            InertFlag.toggle("--debug.halt-on-error", "nothing halts this compactor"),
            InertFlag.toggle("--web.disable", "the block viewer costs nothing"),
            InertFlag.value("--web.external-prefix", "the block viewer is at / of the HTTP address"),
            InertFlag.value("--web.prefix-header", "the block viewer is at / of the HTTP address"),
            InertFlag.value("--web.route-prefix", "the block viewer is at / of the HTTP address"),
            InertFlag.toggle("--web.disable-cors", "the block viewer is at / of the HTTP address"),
            InertFlag.value("--bucket-web-label", "the block viewer is at / of the HTTP address"),
            InertFlag.value(
                    "--block-viewer.global.sync-block-interval", "the block viewer is at / of the HTTP address"),
            InertFlag.value("--block-viewer.global.sync-block-timeout", "the block viewer is at / of the HTTP address"),
            InertFlag.toggle("--disable-admin-operations", "there are none"));

    @Option(
            names = "--data-dir",
            defaultValue = "./data",
            paramLabel = "DIR",
            description = "Where work in progress lies. Default: ${DEFAULT-VALUE}")
    public Path dataDirectory;

    @Option(
            names = "--objstore.config-file",
            defaultValue = "",
            paramLabel = "FILE",
            description = "YAML file that describes the bucket.")
    public String objstoreConfigFile;

    @Option(
            names = "--objstore.config",
            defaultValue = "",
            paramLabel = "YAML",
            description = "The bucket's description itself.")
    public String objstoreConfig;

    @Option(
            names = "--consistency-delay",
            defaultValue = "30m",
            paramLabel = "DURATION",
            description = "How old an upload must be before it is looked at. Default: ${DEFAULT-VALUE}")
    public Duration consistencyDelay;

    @Option(
            names = "--retention.resolution-raw",
            defaultValue = "0d",
            paramLabel = "DURATION",
            description = "How long raw samples are kept; 0d: for ever. Default: ${DEFAULT-VALUE}")
    public Duration retentionRaw;

    @Option(
            names = "--retention.resolution-5m",
            defaultValue = "0d",
            paramLabel = "DURATION",
            description = "How long 5-minute data is kept; 0d: for ever. Default: ${DEFAULT-VALUE}")
    public Duration retentionFiveMinutes;

    @Option(
            names = "--retention.resolution-1h",
            defaultValue = "0d",
            paramLabel = "DURATION",
            description = "How long 1-hour data is kept; 0d: for ever. Default: ${DEFAULT-VALUE}")
    public Duration retentionOneHour;

    @Option(
            names = "--retention.policy-file",
            defaultValue = "",
            paramLabel = "FILE",
            description = "YAML file with retention by external labels and by series; its rules come before"
                    + " --retention.resolution-*.")
    public String retentionPolicyFile;

    @Option(
            names = {"--wait", "-w"},
            negatable = true,
            description = "Go on for ever, one pass after the other.")
    public boolean wait;

    @Option(
            names = "--wait-interval",
            defaultValue = "5m",
            paramLabel = "DURATION",
            description = "From the end of a pass to the next. Default: ${DEFAULT-VALUE}")
    public Duration waitInterval;

    @Option(names = "--downsampling.disable", negatable = true, description = "Make no coarser resolutions.")
    public boolean downsamplingDisable;

    @Option(
            names = "--downsample.as-soon-as-possible",
            negatable = true,
            defaultValue = "true",
            description = "Make 5-minute data when a block is first compacted. Default: ${DEFAULT-VALUE}")
    public boolean asSoonAsPossible;

    @Option(
            names = "--downsample.device",
            defaultValue = "auto",
            paramLabel = "auto|cpu|cuda",
            description =
                    "What downsamples; auto takes CUDA where there is a driver and a device. Default: ${DEFAULT-VALUE}")
    public String device;

    @Option(
            names = "--compact.concurrency",
            defaultValue = "1",
            paramLabel = "N",
            description = "Groups that are worked on at once. Default: ${DEFAULT-VALUE}")
    public int concurrency;

    @Option(
            names = WorkLimits.MEMORY_FLAG,
            defaultValue = "0",
            paramLabel = "SIZE",
            description =
                    "Memory that merging and downsampling may take, all groups together; 0: half of the heap. Default: ${DEFAULT-VALUE}")
    public ByteSize memoryLimit;

    @Option(
            names = WorkLimits.SCRATCH_FLAG,
            defaultValue = "0",
            paramLabel = "SIZE",
            description =
                    "Local disk that work in progress may take, all groups together; 0: as much as there is. Default: ${DEFAULT-VALUE}")
    public ByteSize scratchLimit;

    @Option(
            names = "--delete-delay",
            defaultValue = "48h",
            paramLabel = "DURATION",
            description = "From a block's deletion mark to its deletion. Default: ${DEFAULT-VALUE}")
    public Duration deleteDelay;

    @Option(
            names = "--deduplication.func",
            defaultValue = "",
            paramLabel = "none|penalty",
            description = "How replicas are merged. Default: every sample is kept")
    public String deduplication;

    @Option(
            names = "--deduplication.replica-label",
            split = ",",
            paramLabel = "NAME",
            description = "External label that tells replicas apart; may be repeated.")
    public List<String> replicaLabels = new ArrayList<>();

    @Option(names = "--compact.enable-vertical-compaction", negatable = true, hidden = true)
    public boolean vertical;

    @Option(names = "--compact.block-max-index-size", defaultValue = "64GB", hidden = true)
    public ByteSize indexBytesMax;

    @Option(names = "--debug.max-compaction-level", defaultValue = "4", hidden = true)
    public int levelMax;

    @Option(
            names = "--hash-func",
            defaultValue = "",
            paramLabel = "SHA256",
            description = "Hash of the files, to be listed in meta.json.")
    public String hashFunction;

    @Option(
            names = "--min-time",
            defaultValue = "0000-01-01T00:00:00Z",
            paramLabel = "TIME",
            description = "Blocks that end before are left alone. Default: ${DEFAULT-VALUE}")
    public TimeOrDuration minTime;

    @Option(
            names = "--max-time",
            defaultValue = "9999-12-31T23:59:59Z",
            paramLabel = "TIME",
            description = "Blocks that begin later are left alone. Default: ${DEFAULT-VALUE}")
    public TimeOrDuration maxTime;

    @Option(
            names = "--selector.relabel-config",
            defaultValue = "",
            paramLabel = "YAML",
            description = "Which blocks are taken care of, by external labels and __block_id: keep, drop and hashmod.")
    public String selector;

    @Option(
            names = "--selector.relabel-config-file",
            defaultValue = "",
            paramLabel = "FILE",
            description = "The same, in a file.")
    public String selectorFile;

    @Mixin
    public LeaderFlags leader = new LeaderFlags();

    @Option(
            names = "--compact.take-over",
            negatable = true,
            description = "Work although another program's compactor wrote within seven days: it is stopped for good.")
    public boolean takeOver;

    /// @throws IllegalArgumentException if there is no such device
    public DownsampleDevices.Choice downsampleDevice() {
        return DownsampleDevices.Choice.parse(device);
    }

    /// @throws IllegalArgumentException if a flag is wrong or flags contradict each other
    /// @throws IOException              if the policy file cannot be read
    public CompactorOptions options(InstantSource clock) throws IOException {
        var function = Deduplication.parse(deduplication);
        if (function == Deduplication.PENALTY && replicaLabels.isEmpty()) {
            throw new IllegalArgumentException("--deduplication.func=penalty needs --deduplication.replica-label");
        }
        downsampleDevice();
        if (!hashFunction.isEmpty() && !hashFunction.equals("SHA256")) {
            throw new IllegalArgumentException("--hash-func: use SHA256, not \"" + hashFunction + "\"");
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException("--compact.concurrency must be at least 1");
        }
        checkDurations();
        var range = new TimeRange(minTime.epochMs(clock), maxTime.epochMs(clock));
        if (range.minMs() > range.maxMs()) {
            throw new IllegalArgumentException("--min-time is after --max-time: no block would be taken care of");
        }
        checkRetention();
        var policy = RetentionPolicy.of(retentionRaw, retentionFiveMinutes, retentionOneHour);
        if (!retentionPolicyFile.isEmpty()) {
            policy = RetentionPolicyFile.read(Path.of(retentionPolicyFile), policy.defaults());
        }
        return new CompactorOptions(
                new CompactorOptions.Scope(range, selectorRules()),
                new CompactorOptions.Delays(consistencyDelay, deleteDelay),
                new CompactorOptions.Merging(
                        function, replicaLabels, vertical, levelMax, indexBytesMax.bytes(), !hashFunction.isEmpty()),
                new CompactorOptions.Downsampling(!downsamplingDisable, asSoonAsPossible),
                policy,
                new WorkLimits(memoryLimit.bytes(), scratchLimit.bytes(), concurrency),
                takeOver);
    }

    /// @throws IllegalArgumentException if no bucket is described, or wrongly
    /// @throws IOException              if a file that the flags or the description name cannot be used
    public Bucket openBucket() throws IOException {
        String yaml = TextOrFile.read("--objstore.config", objstoreConfig, objstoreConfigFile);
        if (yaml.isBlank()) {
            throw new IllegalArgumentException(
                    "no bucket is configured: give --objstore.config-file or --objstore.config");
        }
        return BucketConfig.open(yaml);
    }

    private SelectorRules selectorRules() throws IOException {
        return SelectorRules.parse(TextOrFile.read("--selector.relabel-config", selector, selectorFile));
    }

    /// With a negative retention everything would go.
    private void checkDurations() {
        var durations = new TreeMap<String, Duration>();
        durations.put("--consistency-delay", consistencyDelay);
        durations.put("--delete-delay", deleteDelay);
        durations.put("--retention.resolution-1h", retentionOneHour);
        durations.put("--retention.resolution-5m", retentionFiveMinutes);
        durations.put("--retention.resolution-raw", retentionRaw);
        durations.put("--wait-interval", waitInterval);
        durations.forEach((flag, duration) -> {
            if (duration.isNegative()) {
                throw new IllegalArgumentException(flag + " must not be negative: " + GoDuration.format(duration));
            }
        });
    }

    /// Thanos' rule where downsampling waits for long blocks; otherwise coarser data is made in time.
    private void checkRetention() {
        if (downsamplingDisable || asSoonAsPossible) {
            return;
        }
        if (!retentionRaw.isZero() && retentionRaw.compareTo(RAW_RETENTION_MIN) < 0) {
            throw new IllegalArgumentException(
                    "--retention.resolution-raw must be at least 40h, or raw blocks would go before they are"
                            + " downsampled");
        }
        if (!retentionFiveMinutes.isZero() && retentionFiveMinutes.compareTo(FIVE_MINUTES_RETENTION_MIN) < 0) {
            throw new IllegalArgumentException(
                    "--retention.resolution-5m must be at least 10d, or 5m blocks would go before they are"
                            + " downsampled");
        }
    }
}
