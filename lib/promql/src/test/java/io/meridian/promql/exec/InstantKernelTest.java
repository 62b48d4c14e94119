package io.meridian.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.SampleBuffer;
import io.meridian.promql.plan.Grid;
import io.meridian.testkit.SeededRandom;
import org.junit.jupiter.api.Test;

class InstantKernelTest {
    private static final int STEPS = 40;
    private static final long STEP_MS = 60_000;

    /// One sample, several or less than one for each step; some are missing, some come late.
    @Test
    void samples_anyNumberForEachStep_newestWithinLookback() {
        var random = SeededRandom.create("InstantKernelTest");
        for (int round = 0; round < 2_000; round++) {
            long scrapeMs = new long[] {10_000, 15_000, 30_000, 60_000, 70_000}[random.nextInt(5)];
            int missing = random.nextInt(3) == 0 ? 20 : 1_000_000;
            int jitterMs = random.nextInt(4) == 0 ? 9_000 : 1 + random.nextInt(8);
            long offsetMs = random.nextInt((int) scrapeMs);
            long lookbackMs = random.nextBoolean() ? 300_000 : 1 + random.nextInt((int) scrapeMs + jitterMs);
            var buffer = new SampleBuffer();
            for (long t = -random.nextInt(100_000); t < random.nextInt(100_000) + STEPS * STEP_MS; t += scrapeMs) {
                if (random.nextInt(missing) > 0) {
                    buffer.append(t + offsetMs + random.nextInt(jitterMs), random.nextDouble());
                }
            }
            var column = new Column(STEPS);
            column.clear();
            InstantKernel.samples(
                    buffer, new Grid(0, (STEPS - 1) * STEP_MS, STEP_MS), 0, lookbackMs, new Ramp(), column);
            for (int k = 0; k < STEPS; k++) {
                assertThat(Double.doubleToRawLongBits(column.values[k]))
                        .as("round %d, step %d", round, k)
                        .isEqualTo(Double.doubleToRawLongBits(newest(buffer, k * STEP_MS, lookbackMs)));
            }
        }
    }

    private static double newest(SampleBuffer buffer, long timeMs, long lookbackMs) {
        double value = Column.ABSENT;
        for (int i = 0; i < buffer.size() && buffer.times()[i] <= timeMs; i++) {
            value = buffer.times()[i] > timeMs - lookbackMs ? buffer.values()[i] : value;
        }
        return value;
    }
}
