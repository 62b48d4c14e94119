package io.meridian.compactor.downsample.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.compactor.downsample.AggregateBatch;
import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.downsample.DownsampleKernel;
import io.meridian.compactor.downsample.RandomRuns;
import io.meridian.compactor.downsample.RawBatch;
import io.meridian.model.CorruptDataException;
import io.meridian.testkit.SeededRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The host code of CUDA and the kernels' source beside the CPU, bit for bit, on a driver that is no device.
class CudaKernelTest {
    private static final long FIVE_MINUTES = 300_000;
    private static final long ONE_HOUR = 3_600_000;

    private final List<String> fallbacks = new ArrayList<>();

    @BeforeEach
    void load() {
        FakeDriver.require();
    }

    @AfterEach
    void nothingLeft() {
        FakeDriver.assertNothingLeft();
    }

    private DownsampleDevices open(DownsampleDevices.Choice choice, Duration rest) {
        return DownsampleDevices.open(choice, 1, rest, fallbacks::add);
    }

    @Test
    void downsample_randomBatches_givesTheBitsOfTheCpu() {
        var random = SeededRandom.create("cuda downsampling");
        var runs = new RandomRuns(random);
        var batch = new RawBatch();
        long samples = 0;
        try (var devices = open(DownsampleDevices.Choice.CUDA, Duration.ZERO);
                var cuda = devices.kernel();
                var cpu = new CpuKernel(1)) {
            assertThat(cuda.device()).isEqualTo("cuda");
            for (int round = 0; round < 40; round++) {
                batch.clear();
                samples += runs.addTo(batch, random.nextInt(60));
                long resolution = random.nextInt(4) == 0 ? ONE_HOUR : FIVE_MINUTES;

                assertThat(text(cuda, batch, resolution)).as("round %d", round).isEqualTo(text(cpu, batch, resolution));
            }
        }
        assertThat(samples).isGreaterThan(1_000_000);
        assertThat(fallbacks).isEmpty();
    }

    @Test
    void downsample_severalGroups_givesTheBitsOfTheCpu() {
        var batch = new RawBatch();
        addRegular(batch, 300, 60);
        try (var devices = open(DownsampleDevices.Choice.AUTO, Duration.ZERO);
                var cuda = devices.kernel();
                var cpu = new CpuKernel(1)) {
            var groups = RunGroup.of(batch, CudaEngine.IN_FLIGHT);
            assertThat(groups).hasSizeGreaterThan(1);

            assertThat(text(cuda, batch, FIVE_MINUTES)).isEqualTo(text(cpu, batch, FIVE_MINUTES));
        }
        assertThat(fallbacks).isEmpty();
    }

    @Test
    void downsample_smallBatch_isLeftToTheCpuUnlessAsked() {
        var batch = new RawBatch();
        addRegular(batch, 1, 1);
        try (var devices = open(DownsampleDevices.Choice.AUTO, Duration.ZERO);
                var kernel = devices.kernel()) {
            long before = FakeDriver.calls();

            kernel.downsample(batch, FIVE_MINUTES);

            assertThat(FakeDriver.calls()).isEqualTo(before);
        }
    }

    @Test
    void downsample_corruptChunk_isTheErrorOfTheCpu() {
        var batch = new RawBatch();
        addRegular(batch, 3, 2);
        batch.addChunk(new byte[] {0, 100, 1, 2, 3}, 0, 5);
        batch.endRun();
        try (var devices = open(DownsampleDevices.Choice.CUDA, Duration.ZERO);
                var cuda = devices.kernel()) {
            assertThatThrownBy(() -> cuda.downsample(batch, FIVE_MINUTES)).isInstanceOf(CorruptDataException.class);
        }
        assertThat(fallbacks).isEmpty();
    }

    @Test
    void downsample_mutatedChunks_failOrGiveTheBitsOfTheCpu() {
        var random = SeededRandom.create("mutated chunks on cuda");
        var runs = new RandomRuns(random);
        try (var devices = open(DownsampleDevices.Choice.CUDA, Duration.ZERO);
                var cuda = devices.kernel();
                var cpu = new CpuKernel(1)) {
            for (int round = 0; round < 200; round++) {
                var batch = new RawBatch();
                runs.addTo(batch, 2);
                if (batch.sizeBytes() == 0) {
                    continue;
                }
                for (int i = random.nextInt(3); i >= 0; i--) {
                    batch.array()[random.nextInt(batch.sizeBytes())] ^= (byte) (1 << random.nextInt(8));
                }

                assertThat(outcome(cuda, batch)).as("round %d", round).isEqualTo(outcome(cpu, batch));
            }
        }
    }

    static String outcome(DownsampleKernel kernel, RawBatch batch) {
        try {
            return text(kernel, batch, FIVE_MINUTES);
        } catch (CorruptDataException e) {
            return "corrupt";
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @ParameterizedTest(name = "{0} no. {1}")
    @CsvSource({
        "cuMemAlloc, 1",
        "cuMemAlloc, 5",
        "cuMemHostAlloc, 1",
        "cuMemHostAlloc, 7",
        "cuMemcpyHtoDAsync, 1",
        "cuMemcpyHtoDAsync, 3",
        "cuMemcpyDtoHAsync, 2",
        "cuMemcpyDtoHAsync, 6",
        "cuLaunchKernel, 1",
        "cuLaunchKernel, 4",
        "cuLaunchKernel, 17",
        "cuStreamSynchronize, 1",
        "cuStreamSynchronize, 3",
        "cuStreamSynchronize, 6",
        "cuCtxSetCurrent, 2"
    })
    void downsample_errorInMidBatch_isFinishedByTheCpuWithTheSameBits(String function, int nth) {
        var batch = new RawBatch();
        addRegular(batch, 100, 120);
        try (var devices = open(DownsampleDevices.Choice.CUDA, Duration.ofHours(1));
                var cuda = devices.kernel();
                var cpu = new CpuKernel(1)) {
            String expected = text(cpu, batch, FIVE_MINUTES);
            FakeDriver.fail(function, nth, 719);

            assertThat(text(cuda, batch, FIVE_MINUTES)).isEqualTo(expected);
            assertThat(fallbacks).containsExactly("error");
            long before = FakeDriver.calls();
            assertThat(text(cuda, batch, FIVE_MINUTES))
                    .as("while it is left alone")
                    .isEqualTo(expected);
            assertThat(FakeDriver.calls()).isEqualTo(before);
        }
        assertThat(fallbacks).containsExactly("error");
    }

    @Test
    void downsample_afterARest_usesTheDeviceAgain() {
        var batch = new RawBatch();
        addRegular(batch, 10, 10);
        try (var devices = open(DownsampleDevices.Choice.CUDA, Duration.ZERO);
                var cuda = devices.kernel();
                var cpu = new CpuKernel(1)) {
            String expected = text(cpu, batch, FIVE_MINUTES);
            FakeDriver.fail("cuLaunchKernel", 2, 700);
            assertThat(text(cuda, batch, FIVE_MINUTES)).isEqualTo(expected);
            long before = FakeDriver.calls();

            assertThat(text(cuda, batch, FIVE_MINUTES)).isEqualTo(expected);

            assertThat(FakeDriver.calls()).isGreaterThan(before);
        }
        assertThat(fallbacks).containsExactly("error");
    }

    @Test
    void open_noDevice_leavesAllToTheCpu() {
        FakeDriver.devices(0);
        try (var devices = open(DownsampleDevices.Choice.CUDA, Duration.ZERO);
                var kernel = devices.kernel()) {
            assertThat(kernel.device()).isEqualTo("cpu");
        }
        assertThat(fallbacks).containsExactly("unavailable");
    }

    @Test
    void open_kernelsThatDoNotLoad_leavesAllToTheCpu() {
        FakeDriver.fail("cuModuleGetFunction", 3, 500);
        try (var devices = open(DownsampleDevices.Choice.AUTO, Duration.ZERO);
                var kernel = devices.kernel()) {
            assertThat(kernel.device()).isEqualTo("cpu");
        }
    }

    /// Runs of 120-sample chunks at 15 s.
    private static void addRegular(RawBatch batch, int runs, int chunks) {
        var times = new long[120];
        var values = new double[120];
        for (int run = 0; run < runs; run++) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                for (int i = 0; i < 120; i++) {
                    times[i] = 1_788_000_000_000L + 15_000L * (120L * chunk + i);
                    values[i] = (run + 1.0) * ((120 * chunk + i) % 4_000);
                }
                RandomRuns.add(batch, times, values, 120);
            }
            batch.endRun();
        }
    }

    static String text(DownsampleKernel kernel, RawBatch batch, long resolutionMs) {
        var text = new StringBuilder();
        int runs = 0;
        for (AggregateBatch out : kernel.downsample(batch, resolutionMs)) {
            for (int run = 0; run < out.runs(); run++) {
                text.append("run ").append(runs++).append('\n');
                for (int i = out.firstChunk(run); i < out.endChunk(run); i++) {
                    text.append(out.minMs(i))
                            .append("..")
                            .append(out.maxMs(i))
                            .append(' ')
                            .append(out.samples(i));
                    text.append(' ');
                    text.append(HexFormat.of()
                            .formatHex(out.array(), out.payloadOffset(i), out.payloadOffset(i) + out.payloadLength(i)));
                    text.append('\n');
                }
            }
        }
        assertThat(runs).isEqualTo(batch.runs());
        return text.toString();
    }
}
