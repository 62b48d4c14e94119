package io.meridian.storegateway;

import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkEncoder;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.Bucket.Precondition;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import io.meridian.tsdb.block.SelectorRules;
import io.meridian.tsdb.block.SymbolCollector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Small blocks in a bucket, and catalogs over it.
final class TestBlocks {
    static final long HOUR_MS = 3_600_000;

    /// The samples' distance.
    static final long STEP_MS = 60_000;

    /// Later than everything here was written.
    static final Instant NOW = Instant.parse("2100-01-01T00:00:00Z");

    private record Content(long minMs, long maxMs, int seriesCount) {}

    private final Bucket bucket;
    private final Path directory;
    private final Map<Content, Map<String, byte[]>> written = new HashMap<>();
    private int ids;

    TestBlocks(Bucket bucket, Path directory) {
        this.bucket = bucket;
        this.directory = directory;
    }

    /// `up{instance="0"}`, … from `minMs` to before `maxMs`, whose value is the time in seconds.
    ///
    /// @return its id
    BlockId add(long minMs, long maxMs, Labels externalLabels, long resolutionMs, int seriesCount) throws IOException {
        BlockId id = new BlockId((minMs << 16) | ids++, ids);
        BlockMeta meta = meta(id, minMs, maxMs, externalLabels, resolutionMs);
        for (var file : content(new Content(minMs, maxMs, seriesCount)).entrySet()) {
            bucket.put(id + "/" + file.getKey(), file.getValue(), Precondition.NONE);
        }
        bucket.put(id + "/meta.json", meta.encode(), Precondition.NONE);
        return id;
    }

    static BlockMeta meta(BlockId id, long minMs, long maxMs, Labels externalLabels, long resolutionMs) {
        return BlockMeta.of(
                id,
                minMs,
                maxMs,
                BlockMeta.Stats.EMPTY,
                new BlockMeta.Compaction(1, List.of(id), List.of(), List.of()),
                new BlockMeta.Thanos(externalLabels, resolutionMs, "sidecar"));
    }

    private Map<String, byte[]> content(Content content) throws IOException {
        Map<String, byte[]> known = written.get(content);
        if (known != null) {
            return known;
        }
        Path folder = Files.createTempDirectory(directory, "block");
        var symbols = new SymbolCollector();
        for (int i = 0; i < content.seriesCount(); i++) {
            symbols.add(labels(i));
        }
        try (var writer = new BlockWriter(folder, symbols)) {
            for (int i = 0; i < content.seriesCount(); i++) {
                var samples = new ExactSamples();
                for (long time = content.minMs(); time < content.maxMs(); time += STEP_MS) {
                    samples.append(0, time, time / 1000.0);
                }
                writer.add(labels(i), ChunkEncoder.encode(samples, false));
            }
            writer.finish();
        }
        Map<String, byte[]> files = Map.of(
                "index", Files.readAllBytes(folder.resolve("index")),
                "chunks/000001", Files.readAllBytes(folder.resolve("chunks/000001")));
        written.put(content, files);
        return files;
    }

    private static Labels labels(int series) {
        return Labels.of("__name__", "up", "instance", "%05d".formatted(series));
    }

    /// A catalog that serves everything.
    static CatalogSettings settings() {
        return settings(SelectorRules.ALL, Duration.ZERO);
    }

    static CatalogSettings settings(SelectorRules selector, Duration consistencyDelay) {
        return new CatalogSettings(
                () -> TimeRange.ALL, selector, consistencyDelay, Duration.ofHours(24), 64, InstantSource.fixed(NOW));
    }

    static BlockCatalog catalog(Bucket bucket, Path directory, CatalogSettings settings) {
        var opener =
                new BucketBlockOpener(bucket, () -> io.meridian.tsdb.index.ReadCost.REMOTE, new ByteCache(64 << 20));
        return new BlockCatalog(bucket, directory, settings, opener);
    }

    static BucketSource source(BlockCatalog catalog) {
        return new BucketSource("store", catalog::snapshot, () -> TimeRange.ALL, 20);
    }
}
