package io.meridian.model.histogram;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// As Prometheus prints integer and float histograms.
@NullMarked
class HistogramTextTest {
    private static final double[] NONE = new double[0];

    private static final FloatHistogram LARGE = new FloatHistogram(
            CounterResetHint.UNKNOWN,
            0,
            0.5,
            1e9,
            3.000000002e9,
            2.5e9,
            Spans.of(1, 1),
            new double[] {2.000000002e9},
            Spans.NONE,
            NONE,
            NONE);

    @Test
    void of_largeFloats_printsExponents() {
        assertThat(HistogramText.of(LARGE))
                .isEqualTo("{count:3.000000002e+09, sum:2.5e+09, [-0.5,0.5]:1e+09, (1,2]:2.000000002e+09}");
    }

    @Test
    void ofIntegers_largeCounts_printsAllDigits() {
        assertThat(HistogramText.ofIntegers(LARGE))
                .isEqualTo("{count:3000000002, sum:2.5e+09, [-0.5,0.5]:1000000000, (1,2]:2000000002}");
    }

    @Test
    void of_bucketBelowTheSmallestDouble_isOpenAtZero() {
        var histogram = new FloatHistogram(
                CounterResetHint.UNKNOWN,
                -4,
                0,
                0,
                2,
                0,
                Spans.of(-80, 1),
                new double[] {1},
                Spans.of(-80, 1),
                new double[] {1},
                NONE);
        assertThat(HistogramText.of(histogram)).isEqualTo("{count:2, sum:0, (-0,-0):1, (0,0):1}");
    }
}
