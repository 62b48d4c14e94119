package io.meridian.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.SampleBuffer;
import io.meridian.promql.plan.Grid;
import io.meridian.testkit.SeededRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PlainRateTest {
    private static final int STEPS = 60;
    private static final long STEP_MS = 30_000;

    /// Counters that grow, stand still, restart, are missing or not a number; times that jitter more or less.
    @Test
    void extrapolated_randomCounters_sameBitsStepByStep() {
        var random = SeededRandom.create("PlainRateTest");
        int plain = 0;
        int strided = 0;
        int whole = 0;
        for (int round = 0; round < 3_000; round++) {
            int strange = random.nextInt(3) == 0 ? 40 : 1_000_000;
            int jitterMs = random.nextInt(4) == 0 ? 5_000 : 1 + random.nextInt(8);
            int stride = Math.max(1, random.nextInt(-3, 6));
            long scrapeMs = STEP_MS / stride;
            var buffer = new SampleBuffer();
            double value = random.nextInt(3) == 0 ? 0 : random.nextInt(1_000) / 3.0;
            long offsetMs = random.nextInt((int) STEP_MS);
            // perhaps nothing after the last step, as where the selector reads no further
            int end = random.nextBoolean() ? (STEPS + 4) * stride : STEPS * stride - random.nextInt(2 * stride);
            for (int i = -12 * stride; i < end; i++) {
                value += random.nextInt(5) == 0 ? 0 : random.nextInt(100) / 7.0;
                value = random.nextInt(strange) == 0 ? 0 : random.nextInt(strange) == 0 ? Double.NaN : value;
                if (random.nextInt(strange) > 0) {
                    buffer.append(1_000_000 + i * scrapeMs + offsetMs + random.nextInt(jitterMs), value);
                }
            }
            var windows = new Windows();
            var grid = new Grid(1_000_000, 1_000_000 + (STEPS - 1) * STEP_MS, STEP_MS);
            windows.slide(buffer, grid, 0, STEP_MS * (1 + random.nextInt(10)), false, 0, 0);
            if (round % 20 == 0) {
                assertWindows(windows, buffer);
            }
            whole += windows.staircase == STEPS && windows.to[STEPS - 1] == buffer.size() ? 1 : 0;
            boolean perSecond = random.nextBoolean();
            double[] fast = rates(windows, perSecond);
            plain += windows.staircase > STEPS / 2 ? 1 : 0;
            strided += windows.staircase > STEPS / 2 && windows.stride > 1 ? 1 : 0;
            windows.staircase = 0;
            assertThat(bits(fast)).as("round %d", round).isEqualTo(bits(rates(windows, perSecond)));
        }
        assertThat(plain).isPositive();
        assertThat(strided).isPositive();
        assertThat(whole).isPositive();
    }

    private static void assertWindows(Windows windows, SampleBuffer buffer) {
        for (int k = 0; k < STEPS; k++) {
            long end = windows.endMs(k);
            int from = 0;
            int to = 0;
            for (int i = 0; i < buffer.size(); i++) {
                from += buffer.times()[i] <= end - windows.rangeMs ? 1 : 0;
                to += buffer.times()[i] <= end ? 1 : 0;
            }
            assertThat(windows.to[k]).isEqualTo(to);
            assertThat(windows.from[k]).isEqualTo(from);
        }
    }

    private static double[] rates(Windows windows, boolean perSecond) {
        double[] out = new double[STEPS];
        Arrays.fill(out, Column.ABSENT);
        RateKernel.extrapolated(windows, true, perSecond, new Scratch(), out);
        return out;
    }

    private static long[] bits(double[] values) {
        long[] bits = new long[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Double.doubleToRawLongBits(values[i]);
        }
        return bits;
    }
}
