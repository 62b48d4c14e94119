package io.meridian.compactor.downsample.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.GoldenBlocks;
import io.meridian.compactor.downsample.BlockDownsampler;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What Thanos made of the same raw blocks is reproduced byte for byte by the shipped kernels too.
class GoldenCudaTest {
    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "floats-48h-5m,       blocks/floats-48h",
        "replicas-a-5m,       blocks/replicas/a",
        "replicas-ties-b-5m,  blocks/replicas-ties/b",
        "epoch-edge-5m,       blocks/epoch-edge"
    })
    void downsample_realBlock_givesTheSameBytes(String golden, String input) throws IOException {
        FakeDriver.require();
        FakeDriver.usePtx();
        Path out = directory.resolve("out");
        var fallbacks = new ArrayList<String>();
        try (Block block = GoldenBlocks.open(input).getFirst();
                var devices = DownsampleDevices.open(DownsampleDevices.Choice.CUDA, 1, Duration.ZERO, fallbacks::add);
                var kernel = devices.kernel()) {
            long before = FakeDriver.calls();

            new BlockDownsampler(kernel).downsample(block, 300_000, BlockId.generate(0), out, QueryContext.unlimited());

            GoldenBlocks.assertSameData(out, GoldenBlocks.single("downsampled/" + golden));
            assertThat(FakeDriver.calls()).isGreaterThan(before);
        }
        assertThat(fallbacks).isEmpty();
        FakeDriver.assertNothingLeft();
    }
}
