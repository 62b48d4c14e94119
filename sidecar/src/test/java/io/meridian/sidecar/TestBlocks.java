package io.meridian.sidecar;

import io.meridian.model.Labels;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Small blocks as Prometheus would leave them.
final class TestBlocks {
    static final long TWO_HOURS_MS = 7_200_000;

    private TestBlocks() {}

    /// One series with one sample a minute.
    static BlockMeta write(Path directory, long number, int level) throws IOException {
        BlockId id = BlockId.generate(1_700_000_000_000L + number);
        long fromMs = number * TWO_HOURS_MS;
        var encoder = new XorEncoder();
        for (int i = 0; i < 120; i++) {
            encoder.append(fromMs + i * 60_000L, i);
        }
        var chunk = new EncodedChunk(ChunkEncoding.XOR, fromMs, fromMs + 119 * 60_000L, encoder.toBytes());
        Path folder = directory.resolve(id.toString());
        try (var writer = new BlockWriter(folder, List.of("__name__", "metric"))) {
            writer.add(Labels.of("__name__", "metric"), List.of(chunk));
            writer.finish();
        }
        var meta = new BlockMeta(
                id,
                fromMs,
                fromMs + TWO_HOURS_MS,
                new BlockMeta.Stats(120, 120, 0, 1, 1, 0),
                new BlockMeta.Compaction(level, List.of(id), List.of(), List.of()),
                BlockMeta.Thanos.EMPTY,
                true,
                Map.of());
        BlockWriter.writeMeta(folder, meta);
        return meta;
    }
}
