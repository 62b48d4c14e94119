package io.meridian.tsdb.block;

import io.meridian.model.Labels;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Blocks of a few series that tests write.
final class SmallBlock {
    static final long START = 1_788_000_000_000L;
    static final int SAMPLES_PER_CHUNK = 20;
    static final long STEP_MS = 15_000;

    private SmallBlock() {}

    static Chunk chunk(long fromMs, int samples, double first) {
        var encoder = new XorEncoder();
        for (int i = 0; i < samples; i++) {
            encoder.append(fromMs + i * STEP_MS, first + i);
        }
        return new EncodedChunk(ChunkEncoding.XOR, fromMs, fromMs + (samples - 1) * STEP_MS, encoder.toBytes());
    }

    static List<Chunk> chunks(int count, double first) {
        var chunks = new ArrayList<Chunk>();
        for (int c = 0; c < count; c++) {
            chunks.add(chunk(
                    START + (long) c * SAMPLES_PER_CHUNK * STEP_MS,
                    SAMPLES_PER_CHUNK,
                    first + 1.0 * c * SAMPLES_PER_CHUNK));
        }
        return chunks;
    }

    static List<Labels> labels(int seriesCount) {
        var all = new ArrayList<Labels>();
        for (int i = 0; i < seriesCount; i++) {
            all.add(Labels.of("__name__", i % 2 == 0 ? "up" : "requests_total", "job", "j" + i % 5, "pod", "p" + i));
        }
        all.sort(null);
        return all;
    }

    /// Writes a block with one to five chunks per series.
    static BlockMeta write(Path directory, BlockId id, Labels external, int seriesCount, RandomGenerator random)
            throws IOException {
        var all = labels(seriesCount);
        var symbols = new SymbolCollector();
        all.forEach(symbols::add);
        try (var writer = new BlockWriter(directory, symbols)) {
            for (int i = 0; i < all.size(); i++) {
                writer.add(all.get(i), chunks(1 + random.nextInt(5), 1000.0 * i));
            }
            var summary = writer.finish();
            var meta = BlockMeta.of(
                    id,
                    START,
                    summary.lastMs() + 1,
                    summary.stats(),
                    new BlockMeta.Compaction(1, List.of(id), List.of(), List.of()),
                    new BlockMeta.Thanos(external, 0, "test")
                            .withSegmentFiles(summary.segmentFiles())
                            .withIndexStats(summary.indexStats()));
            writer.commit(meta);
            return meta;
        }
    }
}
