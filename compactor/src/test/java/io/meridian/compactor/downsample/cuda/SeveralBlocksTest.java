package io.meridian.compactor.downsample.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.testkit.SeededRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Several blocks share the batches of a device: what comes out is, bit for bit, what the CPU makes of each alone.
class SeveralBlocksTest {
    private static final int[] SERIES = {3, 40, 1, 17, 90, 2};

    @TempDir
    private Path directory;

    private final List<String> fallbacks = new ArrayList<>();
    private SeveralBlocks blocks = new SeveralBlocks(Path.of(""));
    private List<byte[]> expected = List.of();

    @BeforeEach
    void write() throws IOException {
        FakeDriver.require();
        blocks = new SeveralBlocks(Files.createDirectories(directory.resolve("in")));
        var random = SeededRandom.create("several blocks");
        for (int series : SERIES) {
            blocks.add(series, random);
        }
        try (var cpu = new CpuKernel(1)) {
            expected = blocks.alone(cpu, directory.resolve("expected"));
        }
    }

    @AfterEach
    void nothingLeft() {
        FakeDriver.assertNothingLeft();
    }

    private DownsampleDevices open() {
        return DownsampleDevices.open(DownsampleDevices.Choice.CUDA, 1, Duration.ofHours(1), fallbacks::add);
    }

    private void assertSame(List<byte[]> actual) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i)).as("file %d", i).isEqualTo(expected.get(i));
        }
    }

    /// All in one batch; one block in several batches beside several blocks in one; a batch for each series.
    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, 100_000, 10_000, 2})
    void downsample_severalBlocks_givesTheBitsOfTheCpu(int batchBytesMax) throws IOException {
        try (var devices = open();
                var cuda = devices.kernel()) {
            long before = FakeDriver.calls();

            assertSame(blocks.together(cuda, batchBytesMax, directory.resolve("actual")));

            assertThat(FakeDriver.calls()).isGreaterThan(before);
        }
        assertThat(fallbacks).isEmpty();
    }

    @ParameterizedTest(name = "{0} no. {1}")
    @CsvSource({
        "cuMemAlloc, 2",
        "cuMemcpyHtoDAsync, 4",
        "cuMemcpyDtoHAsync, 5",
        "cuLaunchKernel, 9",
        "cuStreamSynchronize, 4"
    })
    void downsample_errorInMidBatch_isFinishedByTheCpuWithTheSameBits(String function, int nth) throws IOException {
        try (var devices = open();
                var cuda = devices.kernel()) {
            FakeDriver.fail(function, nth, 719);

            assertSame(blocks.together(cuda, 20_000, directory.resolve("actual")));
        }
        assertThat(fallbacks).containsExactly("error");
    }

    @Test
    void downsample_severalBlocksOnTheCpu_givesTheSame() throws IOException {
        try (var cpu = new CpuKernel(2)) {
            assertSame(blocks.together(cpu, 50_000, directory.resolve("actual")));
        }
    }
}
