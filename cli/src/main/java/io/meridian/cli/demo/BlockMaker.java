package io.meridian.cli.demo;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockMeta.Compaction;
import io.meridian.tsdb.block.BlockMeta.Thanos;
import io.meridian.tsdb.block.BlockWriter;
import io.meridian.tsdb.block.SymbolCollector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Writes what a replica scraped in two hours as the block that its Prometheus would write.
final class BlockMaker {
    /// Span of a block of level 1.
    static final long BLOCK_SPAN_MS = 7_200_000;

    private BlockMaker() {}

    /// Writes one block below `directory`.
    ///
    /// @param fromMs a multiple of [#BLOCK_SPAN_MS]
    static void write(ReplicaSource source, Path directory, long fromMs, BlockId id) throws IOException {
        long toMs = fromMs + BLOCK_SPAN_MS;
        List<DemoSeries> all = source.series(fromMs, toMs);
        var symbols = new SymbolCollector();
        all.forEach(series -> symbols.add(series.labels()));
        try (var writer = new BlockWriter(directory.resolve(id.toString()), symbols)) {
            for (DemoSeries series : all) {
                writer.add(series.labels(), source.chunks(series, fromMs, toMs));
            }
            var stats = writer.finish().stats();
            var compaction = new Compaction(1, List.of(id), List.of(), List.of());
            writer.commit(new BlockMeta(id, fromMs, toMs, stats, compaction, Thanos.EMPTY, true, Map.of()));
        }
    }
}
