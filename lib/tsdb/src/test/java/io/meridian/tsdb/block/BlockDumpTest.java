package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CounterResetHint;
import io.meridian.model.Histogram;
import io.meridian.model.Labels;
import io.meridian.model.Spans;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.FloatHistogramEncoder;
import io.meridian.model.chunk.HistogramEncoder;
import io.meridian.objstore.FilesystemBucket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockDumpTest {
    private static final BlockId ID = BlockId.parse("01M16X3WR0BZCE9WC2V9FAB8XY");
    private static final double[] NONE = new double[0];

    /// `promtool tsdb dump` prints integers with `%d` and floats with `%g`.
    @Test
    void samples_largeHistograms_areWrittenAsTheyAreStored(@TempDir Path directory) throws IOException {
        var histogram = new Histogram(
                CounterResetHint.UNKNOWN,
                0,
                0.5,
                0,
                3_000_000_000L,
                1,
                Spans.of(1, 1),
                new long[] {3_000_000_000L},
                Spans.NONE,
                new long[0],
                NONE);
        var integers = new HistogramEncoder(false);
        integers.begin(CounterResetHint.UNKNOWN, 0, 10, histogram);
        var floats = new FloatHistogramEncoder(false);
        floats.begin(CounterResetHint.UNKNOWN, 0, 20, histogram.toFloat());
        try (var writer = new BlockWriter(directory.resolve(ID.toString()), List.of("__name__", "h"))) {
            writer.add(
                    Labels.of("__name__", "h"),
                    List.of(
                            new EncodedChunk(ChunkEncoding.HISTOGRAM, 10, 10, integers.toBytes()),
                            new EncodedChunk(ChunkEncoding.FLOAT_HISTOGRAM, 20, 20, floats.toBytes())));
            var stats = writer.finish().stats();
            writer.commit(BlockMeta.of(
                    ID,
                    10,
                    21,
                    stats,
                    new BlockMeta.Compaction(1, List.of(), List.of(), List.of()),
                    BlockMeta.Thanos.EMPTY));
        }

        var lines = new ArrayList<String>();
        try (var block = BlockFiles.open(new FilesystemBucket(directory), ID)) {
            new BlockDump(block, lines::add).samples(List.of(), TimeRange.ALL);
        }

        assertThat(lines)
                .containsExactly(
                        "{__name__=\"h\"} {count:3000000000, sum:1, (1,2]:3000000000} 10",
                        "{__name__=\"h\"} {count:3e+09, sum:1, (1,2]:3e+09} 20");
    }
}
