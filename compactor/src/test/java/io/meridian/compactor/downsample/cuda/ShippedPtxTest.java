package io.meridian.compactor.downsample.cuda;

import static io.meridian.compactor.downsample.cuda.CudaKernelTest.outcome;
import static io.meridian.compactor.downsample.cuda.CudaKernelTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.downsample.RandomRuns;
import io.meridian.compactor.downsample.RawBatch;
import io.meridian.testkit.SeededRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The PTX as it is shipped, translated to C++ instruction by instruction, beside the CPU, bit for bit. No access may
/// be out of bounds or not aligned, whatever the chunks say: a device would be lost by that.
class ShippedPtxTest {
    private static final long FIVE_MINUTES = 300_000;
    private static final long ONE_HOUR = 3_600_000;

    private final List<String> fallbacks = new ArrayList<>();

    @BeforeEach
    void load() {
        FakeDriver.require();
        FakeDriver.usePtx();
    }

    @AfterEach
    void nothingLeft() {
        FakeDriver.assertNothingLeft();
        assertThat(fallbacks).isEmpty();
    }

    private DownsampleDevices open() {
        return DownsampleDevices.open(DownsampleDevices.Choice.CUDA, 1, Duration.ZERO, fallbacks::add);
    }

    @Test
    void downsample_randomBatches_givesTheBitsOfTheCpu() {
        var random = SeededRandom.create("shipped PTX");
        var runs = new RandomRuns(random);
        var batch = new RawBatch();
        long samples = 0;
        try (var devices = open();
                var cuda = devices.kernel();
                var cpu = new CpuKernel(1)) {
            for (int round = 0; round < 25; round++) {
                batch.clear();
                samples += runs.addTo(batch, random.nextInt(60));
                long resolution = random.nextInt(4) == 0 ? ONE_HOUR : FIVE_MINUTES;

                assertThat(text(cuda, batch, resolution)).as("round %d", round).isEqualTo(text(cpu, batch, resolution));
            }
        }
        assertThat(samples).isGreaterThan(500_000);
    }

    @Test
    void downsample_mutatedChunks_failOrGiveTheBitsOfTheCpu() {
        var random = SeededRandom.create("mutated chunks on PTX");
        var runs = new RandomRuns(random);
        try (var devices = open();
                var cuda = devices.kernel();
                var cpu = new CpuKernel(1)) {
            for (int round = 0; round < 100; round++) {
                var batch = new RawBatch();
                runs.addTo(batch, 2);
                for (int i = random.nextInt(3); i >= 0 && batch.sizeBytes() > 0; i--) {
                    batch.array()[random.nextInt(batch.sizeBytes())] ^= (byte) (1 << random.nextInt(8));
                }

                assertThat(outcome(cuda, batch)).as("round %d", round).isEqualTo(outcome(cpu, batch));
            }
        }
    }

    /// Chunks that are nothing but noise, cut anywhere, with headers that promise too much.
    @Test
    void downsample_noise_failsOrGivesTheBitsOfTheCpu() {
        var random = SeededRandom.create("noise on PTX");
        try (var devices = open();
                var cuda = devices.kernel();
                var cpu = new CpuKernel(1)) {
            for (int round = 0; round < 100; round++) {
                var batch = new RawBatch();
                for (int chunk = random.nextInt(4); chunk >= 0; chunk--) {
                    var bytes = new byte[random.nextInt(200)];
                    random.nextBytes(bytes);
                    if (bytes.length > 1 && random.nextBoolean()) {
                        bytes[0] = 0;
                    }
                    batch.addChunk(bytes, 0, bytes.length);
                    if (random.nextBoolean()) {
                        batch.endRun();
                    }
                }
                batch.endRun();

                assertThat(outcome(cuda, batch)).as("round %d", round).isEqualTo(outcome(cpu, batch));
            }
        }
    }

    @Test
    void translate_unknownInstruction_isRefused() {
        assertThatThrownBy(() -> PtxTranslator.translate("fma.rn.f64 %fd1, %fd2, %fd3, %fd4;"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fma.rn.f64");
    }
}
