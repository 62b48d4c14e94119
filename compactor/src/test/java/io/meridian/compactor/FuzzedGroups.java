package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.HOUR;
import static io.meridian.compactor.CompactorHarness.START;

import io.meridian.compactor.downsample.BlockDownsampler;
import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.merge.Deduplication;
import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockUpload;
import io.meridian.tsdb.block.BlockWriter;
import io.meridian.tsdb.block.SymbolCollector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Two groups with the same content, of which one falls ill: what is in the bucket, and how it is worked on.
final class FuzzedGroups {
    static final Labels SICK = Labels.of("cluster", "a");
    static final Labels HEALTHY = Labels.of("cluster", "b");
    private static final long SEGMENT_BYTES_MAX = 6_000;
    private static final long STEP = 120_000;

    enum Shape {
        RAW(10, 1, 0),
        RAW_XOR2(7, 1, 0),
        REPLICAS(6, 2, 0),
        PENALTY(6, 2, 0),
        FIVE_MINUTES(10, 1, 300_000),
        ONE_HOUR(7, 1, 3_600_000),
        /// Of all resolutions: what a pass left.
        COMPACTED(10, 1, 0),
        /// As before, and late data lies over some of it.
        LATE(10, 1, 0);

        private final int blocks;
        private final int replicas;
        private final long resolutionMs;

        Shape(int blocks, int replicas, long resolutionMs) {
            this.blocks = blocks;
            this.replicas = replicas;
            this.resolutionMs = resolutionMs;
        }

        boolean hasReplicas() {
            return replicas > 1;
        }

        /// Whether a pass has a reason to read every block.
        boolean readsAll() {
            return resolutionMs == 0 && this != COMPACTED && this != LATE;
        }

        CompactorOptions options(boolean retention) {
            var options = CompactorOptions.DEFAULT.withDelays(Duration.ZERO, Duration.ofDays(2));
            if (replicas > 1) {
                var function = this == PENALTY ? Deduplication.PENALTY : Deduplication.NONE;
                options = options.withReplicas(List.of("replica"), function);
            }
            return retention ? options.withRetention(policy()) : options;
        }

        private static RetentionPolicy policy() {
            var raw = new RetentionPolicy.Periods(Duration.ofDays(19), Duration.ZERO, Duration.ZERO);
            var gauges = new RetentionPolicy.Periods(Duration.ofDays(3), Duration.ZERO, Duration.ZERO);
            var rule = new RetentionPolicy.Rule(
                    List.of(), List.of(LabelMatcher.equal("__name__", "gauge")), gauges, "gauges");
            return new RetentionPolicy(List.of(rule), raw);
        }
    }

    private FuzzedGroups() {}

    /// All objects of a bucket with both groups, sound.
    static Map<String, byte[]> objects(Path directory, Shape shape) throws IOException {
        var harness = new CompactorHarness(directory);
        int number = 0;
        for (var group : List.of(SICK, HEALTHY)) {
            for (int i = 0; i < shape.blocks; i++) {
                for (int replica = 0; replica < shape.replicas; replica++) {
                    var external = shape.replicas == 1
                            ? group
                            : Labels.of("cluster", group.get("cluster"), "replica", "r" + replica);
                    add(harness, shape, external, START + 2L * i * HOUR, STEP, number++);
                }
            }
        }
        if (shape == Shape.COMPACTED || shape == Shape.LATE) {
            harness.nowMs = START + 18 * DAY;
            harness.compactor(harness.bucket, shape.options(false)).run();
            harness.nowMs += 3 * DAY;
            harness.compactor(harness.bucket, shape.options(false)).run();
        }
        for (var group : shape == Shape.LATE ? List.of(SICK, HEALTHY) : List.<Labels>of()) {
            for (int i = 1; i < shape.blocks; i += 5) {
                add(harness, shape, group, START + 2L * i * HOUR, STEP * 5 / 4, number++);
            }
        }
        var objects = new TreeMap<String, byte[]>();
        for (String key : harness.keys().keySet()) {
            if (BlockId.isBlockId(key.substring(0, Math.min(key.length(), BlockId.LENGTH)))) {
                objects.put(key, harness.bucket.readAll(key));
            }
        }
        return objects;
    }

    private static void add(CompactorHarness harness, Shape shape, Labels external, long minMs, long stepMs, int number)
            throws IOException {
        long maxMs = minMs + 2 * HOUR;
        var id = new BlockId(maxMs << 16, number);
        Path path = harness.directory.resolve("made").resolve(id.toString());
        var symbols = new SymbolCollector();
        MixedSeries.ALL.forEach(symbols::add);
        try (var writer = new BlockWriter(path, symbols, SEGMENT_BYTES_MAX)) {
            for (int s = 0; s < MixedSeries.ALL.size(); s++) {
                writer.add(
                        MixedSeries.ALL.get(s), MixedSeries.chunks(s, minMs, maxMs, stepMs, shape == Shape.RAW_XOR2));
            }
            var summary = writer.finish();
            var hints = stepMs == STEP ? List.<String>of() : List.of("from-out-of-order");
            var meta = BlockMeta.of(
                    id,
                    minMs,
                    maxMs,
                    summary.stats(),
                    new BlockMeta.Compaction(1, List.of(id), List.of(), hints),
                    new BlockMeta.Thanos(external, 0, "sidecar").withSegmentFiles(summary.segmentFiles()));
            writer.commit(meta);
            if (shape.resolutionMs == 0) {
                new BlockUpload(false).upload(path, meta, harness.bucket, Instant.ofEpochMilli(maxMs));
            } else {
                downsample(harness, path, meta, shape.resolutionMs);
            }
        }
    }

    private static void downsample(CompactorHarness harness, Path raw, BlockMeta meta, long resolutionMs)
            throws IOException {
        var id = new BlockId(meta.id().timeMs() << 16, meta.id().hashCode() & 0xffff);
        Path path = raw.resolveSibling(id.toString());
        Bucket made = new FilesystemBucket(raw.getParent());
        try (var block = BlockFiles.open(made, meta.id());
                var kernel = new CpuKernel(1)) {
            var coarse =
                    new BlockDownsampler(kernel).downsample(block, resolutionMs, id, path, QueryContext.unlimited());
            new BlockUpload(false).upload(path, coarse, harness.bucket, Instant.ofEpochMilli(meta.maxTimeMs()));
        }
    }
}
