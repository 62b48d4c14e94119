package io.meridian.compactor.downsample.cuda;

import static io.meridian.compactor.downsample.cuda.CudaKernelTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.downsample.RandomRuns;
import io.meridian.compactor.downsample.RawBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each call of the driver fails once, from the first one on: the bits stay those of the CPU, it is told once, and
/// nothing is left behind.
class CudaFailureTest {
    private static final long FIVE_MINUTES = 300_000;

    /// Out of memory, and an error after which every call fails.
    @ParameterizedTest(name = "code {0}")
    @ValueSource(ints = {2, 719})
    void downsample_anyCallFails_givesTheBitsOfTheCpuAndIsToldOnce(int code) {
        FakeDriver.require();
        var batch = new RawBatch();
        new RandomRuns(new SplittableRandom(3)).addTo(batch, 4);
        String expected;
        try (var cpu = new CpuKernel(1)) {
            expected = text(cpu, batch, FIVE_MINUTES);
        }
        long calls = 0;
        for (int nth = 0; nth <= calls; nth++) {
            FakeDriver.require();
            if (nth > 0) {
                FakeDriver.failCall(nth, code);
            }
            var fallbacks = new ArrayList<String>();
            try (var devices = DownsampleDevices.open(
                            DownsampleDevices.Choice.CUDA, 1, Duration.ofHours(1), fallbacks::add);
                    var kernel = devices.kernel()) {
                assertThat(text(kernel, batch, FIVE_MINUTES)).as("call %d", nth).isEqualTo(expected);
                assertThat(text(kernel, batch, FIVE_MINUTES)).as("call %d", nth).isEqualTo(expected);
            }
            if (nth == 0) {
                calls = FakeDriver.calls();
                assertThat(calls).isGreaterThan(60);
                assertThat(fallbacks).isEmpty();
            }
            // What fails while memory is given back is of no interest, but the rest is given back even so.
            assertThat(fallbacks).as("call %d of %d", nth, calls).hasSizeLessThanOrEqualTo(1);
            FakeDriver.assertLeft(nth > 0 && code < 700 ? 1 : 0);
        }
        FakeDriver.require();
    }

    @Test
    void downsample_lostInOneOfSeveralGroups_theOthersEndAndAllIsGivenBack() {
        FakeDriver.require();
        var batch = new RawBatch();
        var random = new RandomRuns(new SplittableRandom(4));
        long samples = 0;
        while (samples < 3 << 20) {
            samples += random.addTo(batch, 100);
        }
        try (var cpu = new CpuKernel(1)) {
            String expected = text(cpu, batch, FIVE_MINUTES);
            for (int nth : new int[] {40, 70}) {
                FakeDriver.require();
                FakeDriver.failCall(nth, 700);
                var fallbacks = new ArrayList<String>();
                try (var devices = DownsampleDevices.open(
                                DownsampleDevices.Choice.CUDA, 1, Duration.ofHours(1), fallbacks::add);
                        var kernel = devices.kernel()) {
                    assertThat(text(kernel, batch, FIVE_MINUTES)).isEqualTo(expected);
                }
                assertThat(fallbacks).containsExactly("error");
                FakeDriver.assertNothingLeft();
            }
        }
    }
}
