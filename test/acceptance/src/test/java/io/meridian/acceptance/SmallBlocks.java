package io.meridian.acceptance;

import io.meridian.model.Labels;
import io.meridian.model.chunk.ChunkEncoder;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.Bucket.Precondition;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import io.meridian.tsdb.block.SymbolCollector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Blocks of two hours with a few series `up{instance="0"}`, …, a sample every minute whose value is its time in
/// seconds plus the instance.
final class SmallBlocks {
    static final long HOUR_MS = 3_600_000;
    static final long BLOCK_MS = 2 * HOUR_MS;
    static final long STEP_MS = 60_000;
    static final int SERIES = 4;

    private final Path scratch;
    private final Map<Long, Map<String, byte[]>> contents = new HashMap<>();
    private int ids;

    SmallBlocks(Path scratch) {
        this.scratch = scratch;
    }

    static double value(int instance, long timeMs) {
        return timeMs / 1000.0 + instance;
    }

    /// Writes one block that begins at `minMs`.
    BlockId add(Bucket bucket, Labels externalLabels, long minMs) throws IOException {
        var id = new BlockId((minMs + BLOCK_MS) << 16, ++ids);
        long bytes = 0;
        for (var file : content(minMs).entrySet()) {
            bucket.put(BlockFiles.key(id, file.getKey()), file.getValue(), Precondition.NONE);
            bytes += file.getValue().length;
        }
        long samples = SERIES * BLOCK_MS / STEP_MS;
        var meta = BlockMeta.of(
                id,
                minMs,
                minMs + BLOCK_MS,
                new BlockMeta.Stats(samples, samples, 0, SERIES, bytes > 0 ? SERIES : 0, 0),
                new BlockMeta.Compaction(1, List.of(id), List.of(), List.of()),
                new BlockMeta.Thanos(externalLabels, 0, "sidecar"));
        bucket.put(BlockFiles.key(id, BlockMeta.FILE), meta.encode(), Precondition.NONE);
        return id;
    }

    private Map<String, byte[]> content(long minMs) throws IOException {
        Map<String, byte[]> known = contents.get(minMs);
        if (known != null) {
            return known;
        }
        Path folder = Files.createTempDirectory(scratch, "block");
        var symbols = new SymbolCollector();
        for (int i = 0; i < SERIES; i++) {
            symbols.add(labels(i));
        }
        try (var writer = new BlockWriter(folder, symbols)) {
            for (int i = 0; i < SERIES; i++) {
                var samples = new ExactSamples();
                for (long time = minMs; time < minMs + BLOCK_MS; time += STEP_MS) {
                    samples.append(0, time, value(i, time));
                }
                writer.add(labels(i), ChunkEncoder.encode(samples, false));
            }
            writer.finish();
        }
        Map<String, byte[]> files = Map.of(
                "index", Files.readAllBytes(folder.resolve("index")),
                "chunks/000001", Files.readAllBytes(folder.resolve("chunks/000001")));
        contents.put(minMs, files);
        return files;
    }

    private static Labels labels(int instance) {
        return Labels.of("__name__", "up", "instance", Integer.toString(instance));
    }
}
