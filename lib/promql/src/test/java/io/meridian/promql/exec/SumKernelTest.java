package io.meridian.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.SampleBuffer;
import io.meridian.promql.plan.Grid;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SumKernelTest {
    private static final double[] SPECIAL = {
        0,
        -0.0,
        1e308,
        -1e308,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        Double.MIN_VALUE,
        1e-300,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        1,
        -1,
        1e16
    };

    /// Neumaier's sum, one sample after the other.
    private static double sum(double[] v, int from, int to) {
        double sum = 0;
        double carry = 0;
        for (int i = from; i < to; i++) {
            double next = sum + v[i];
            carry += Math.abs(sum) >= Math.abs(v[i]) ? (sum - next) + v[i] : (v[i] - next) + sum;
            sum = next;
        }
        return Double.isInfinite(sum) ? sum : sum + carry;
    }

    @Test
    void sum_windowsThatStepWithTheSamples_bitsOfOneWindowAfterTheOther() {
        for (int seed = 0; seed < 300; seed++) {
            var random = new SplittableRandom(seed);
            var buffer = new SampleBuffer();
            long time = 0;
            int special = random.nextInt(3) == 0 ? 20 : Integer.MAX_VALUE;
            double scale = Math.pow(10, random.nextInt(40) - 20);
            int samples = 30 + random.nextInt(300);
            for (int i = 0; i < samples; i++) {
                time += 1000L * (random.nextInt(50) == 0 ? 1 + random.nextInt(5) : 1);
                double value = (random.nextInt(2_000_000) - 500_000) * scale;
                buffer.append(time, random.nextInt(special) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : value);
            }
            var windows = new Windows();
            long step = 1000L * Math.max(1, random.nextInt(-5, 6));
            windows.slide(buffer, new Grid(0, time + 5000, step), 0, 1000L * (1 + random.nextInt(100)), false, 0, 0);
            double[] out = new double[windows.steps];
            SumKernel.sum(windows, new Scratch(), out);
            for (int k = 0; k < windows.steps; k++) {
                if (windows.from[k] < windows.to[k]) {
                    double expected = sum(windows.values, windows.from[k], windows.to[k]);
                    assertThat(Double.doubleToLongBits(out[k]))
                            .as("seed %d, step %d: %s, expected %s", seed, k, out[k], expected)
                            .isEqualTo(Double.doubleToLongBits(expected));
                }
            }
        }
    }
}
