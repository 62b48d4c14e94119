package io.meridian.compactor.downsample;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.GoldenBlocks;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What Thanos made of the same blocks is reproduced byte for byte.
class GoldenDownsampleTest {
    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "floats-48h-5m,            blocks/floats-48h,               300000",
        "floats-48h-1h,            downsampled/floats-48h-5m,       3600000",
        "histograms-48h-1h,        downsampled/histograms-48h-5m,   3600000",
        "histograms-nhcb-48h-1h,   downsampled/histograms-nhcb-48h-5m, 3600000",
        "replicas-a-5m,            blocks/replicas/a,               300000",
        "replicas-a-1h,            downsampled/replicas-a-5m,       3600000",
        "replicas-b-5m,            blocks/replicas/b,               300000",
        "replicas-b-1h,            downsampled/replicas-b-5m,       3600000",
        "replicas-ties-a-5m,       blocks/replicas-ties/a,          300000",
        "replicas-ties-a-1h,       downsampled/replicas-ties-a-5m,  3600000",
        "replicas-ties-b-5m,       blocks/replicas-ties/b,          300000",
        "replicas-ties-b-1h,       downsampled/replicas-ties-b-5m,  3600000",
        "epoch-edge-5m,            blocks/epoch-edge,               300000",
        "epoch-edge-1h,            downsampled/epoch-edge-5m,       3600000"
    })
    void downsample_realBlock_givesTheSameBytes(String golden, String input, long resolutionMs) throws IOException {
        Path out = directory.resolve("out");
        try (Block block = GoldenBlocks.open(input).getFirst();
                var kernel = new CpuKernel(2)) {
            var meta = new BlockDownsampler(kernel)
                    .downsample(block, resolutionMs, BlockId.generate(0), out, QueryContext.unlimited());

            Path expected = GoldenBlocks.single("downsampled/" + golden);
            GoldenBlocks.assertSameData(out, expected);
            var wanted = GoldenBlocks.meta(expected);
            assertThat(meta.stats()).isEqualTo(wanted.stats());
            assertThat(meta.compaction()).isEqualTo(wanted.compaction());
            assertThat(meta.thanos().resolutionMs()).isEqualTo(resolutionMs);
            assertThat(meta.thanos().indexStats()).isEqualTo(wanted.thanos().indexStats());
        }
    }
}
