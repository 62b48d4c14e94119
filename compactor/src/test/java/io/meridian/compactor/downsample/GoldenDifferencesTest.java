package io.meridian.compactor.downsample;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.GoldenBlocks;
import io.meridian.compactor.StoredSeries;
import io.meridian.compactor.merge.ChunkSamples;
import io.meridian.model.QueryContext;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where Thanos loses data or fails, ours keeps all of it, and every other series of the block stays equal.
class GoldenDifferencesTest {
    private static final Set<String> CUT_SHORT_BY_THANOS = Set.of(
            "h_zero_threshold_up",
            "h_zero_threshold_down",
            "h_mixed_gauge_and_counter",
            "nhcb_bounds_change",
            "nhcb_bounds_flip",
            "nhcb_gauge_bounds_change_in_window");

    @TempDir
    private Path directory;

    private Map<String, List<EncodedChunk>> downsampled(Block block) throws IOException {
        var id = BlockId.generate(0);
        try (block;
                var kernel = new CpuKernel(1)) {
            new BlockDownsampler(kernel)
                    .downsample(block, 300_000, id, directory.resolve(id.toString()), QueryContext.unlimited());
        }
        return series(BlockFiles.open(new FilesystemBucket(directory), id));
    }

    private static Map<String, List<EncodedChunk>> series(Block block) throws IOException {
        try (block) {
            var series = new HashMap<String, List<EncodedChunk>>();
            StoredSeries.of(block).forEach((labels, chunks) -> series.put(labels.toString(), chunks));
            return series;
        }
    }

    @ParameterizedTest
    @CsvSource({"histograms-48h, 40", "histograms-nhcb-48h, 8"})
    void downsample_histograms_differFromThanosOnlyWhereThatLosesSamples(String name, int seriesCount)
            throws IOException {
        var actual = downsampled(GoldenBlocks.open("blocks/" + name).getFirst());
        var expected = series(GoldenBlocks.open("downsampled/" + name + "-5m").getFirst());

        assertThat(actual.keySet()).isEqualTo(expected.keySet()).hasSize(seriesCount);
        expected.forEach((labels, chunks) -> {
            if (CUT_SHORT_BY_THANOS.stream().noneMatch(metric -> labels.contains('"' + metric + '"'))) {
                assertThat(actual.get(labels)).as(labels).isEqualTo(chunks);
            } else {
                assertComplete(labels, Objects.requireNonNull(actual.get(labels)));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"histograms-nhcb-to-exponential-48h", "xor2-no-st", "xor2-and-st"})
    void downsample_whatThanosCannot_keepsEverySeries(String name) throws IOException {
        for (var block : GoldenBlocks.open("blocks/" + name)) {
            long seriesCount = block.meta().stats().numSeries();

            var actual = downsampled(block);

            assertThat(actual).hasSize((int) seriesCount);
            actual.forEach(GoldenDifferencesTest::assertComplete);
        }
    }

    /// Every aggregate that is there has all windows, and windows ascend.
    private static void assertComplete(String labels, List<EncodedChunk> chunks) {
        long lastMs = Long.MIN_VALUE;
        for (var chunk : chunks) {
            assertThat(chunk.minMs()).as(labels).isGreaterThan(lastMs);
            lastMs = chunk.maxMs();
            var aggregates = AggregateChunk.parse(
                    chunk.minMs(), chunk.maxMs(), 300_000, chunk.array(), chunk.offset(), chunk.length());
            int windows = ChunkSamples.count(chunk);
            for (var aggregate : Aggregate.values()) {
                var part = aggregates.part(aggregate);
                if (part != null) {
                    int extra =
                            aggregate == Aggregate.COUNTER && !part.encoding().isHistogram() ? 2 : 0;
                    assertThat(ChunkSamples.count(part)).as(labels + aggregate).isEqualTo(windows + extra);
                }
            }
        }
    }
}
