package io.meridian.cli.demo;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockMeta.Compaction;
import io.meridian.tsdb.block.BlockMeta.Thanos;
import io.meridian.tsdb.block.BlockWriter;
import io.meridian.tsdb.block.SymbolCollector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Writes what the replicas of a region scraped as the blocks that their Prometheus servers would have: the latest of
/// two hours each, older ones as a local compaction left them.
final class BlockMaker {
    /// Span of a block of level 1.
    static final long BLOCK_SPAN_MS = 7_200_000;

    /// Spans of the blocks of level 1, 2 and 3, each a multiple of the one before.
    private static final List<Long> SPANS_MS = List.of(BLOCK_SPAN_MS, 4 * BLOCK_SPAN_MS, 24 * BLOCK_SPAN_MS);

    private BlockMaker() {}

    /// One block to write.
    ///
    /// @param directory its parent
    record Target(Replica replica, Path directory, BlockId id) {}

    /// Time and level of a block.
    ///
    /// @param fromMs inclusive
    /// @param toMs   exclusive
    record Window(long fromMs, long toMs, int level) {}

    /// The blocks that follow each other from `fromMs` to `untilMs`, both multiples of [#BLOCK_SPAN_MS].
    ///
    /// @param compactedMs blocks were compacted that end by this time
    static List<Window> windows(long fromMs, long untilMs, long compactedMs) {
        var windows = new ArrayList<Window>();
        long at = fromMs;
        while (at < untilMs) {
            int level = SPANS_MS.size();
            while (level > 1
                    && (at % SPANS_MS.get(level - 1) != 0
                            || at + SPANS_MS.get(level - 1) > Math.min(compactedMs, untilMs))) {
                level--;
            }
            long end = at + SPANS_MS.get(level - 1);
            windows.add(new Window(at, end, level));
            at = end;
        }
        return windows;
    }

    /// Writes one block for each target.
    ///
    /// @param targets replicas of one region
    static void write(List<Target> targets, Window window) throws IOException {
        long fromMs = window.fromMs();
        long toMs = window.toMs();
        Fleet fleet = targets.getFirst().replica().fleet();
        List<DemoSeries> all = ReplicaSource.living(fleet, fromMs, toMs);
        var symbols = new SymbolCollector();
        all.forEach(series -> symbols.add(series.labels()));
        var scrapes = new Scrapes(fromMs, toMs);
        var scraped = new ArrayList<boolean[]>();
        var writers = new ArrayList<BlockWriter>();
        try {
            for (Target target : targets) {
                scraped.add(scrapes.scraped(target.replica().scraper()));
                writers.add(
                        new BlockWriter(target.directory().resolve(target.id().toString()), symbols));
            }
            for (DemoSeries series : all) {
                scrapes.expose(series);
                for (int i = 0; i < targets.size(); i++) {
                    Scraper scraper = targets.get(i).replica().scraper();
                    writers.get(i).add(series.labels(), scrapes.chunks(series, scraper, scraped.get(i)));
                }
            }
            for (int i = 0; i < targets.size(); i++) {
                BlockId id = targets.get(i).id();
                var stats = writers.get(i).finish().stats();
                var compaction = new Compaction(window.level(), List.of(id), List.of(), List.of());
                writers.get(i).commit(new BlockMeta(id, fromMs, toMs, stats, compaction, Thanos.EMPTY, true, Map.of()));
            }
        } finally {
            for (BlockWriter writer : writers) {
                writer.close();
            }
        }
    }
}
