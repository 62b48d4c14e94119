package io.meridian.compactor.downsample;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistogramArithmeticTest {
    private static final double[] NONE = new double[0];
    private static final int CUSTOM = -53;

    private static FloatHistogram histogram(int schema, double count, double... buckets) {
        return new FloatHistogram(
                CounterResetHint.UNKNOWN,
                schema,
                0,
                0,
                count,
                0,
                buckets.length == 0 ? Spans.NONE : Spans.of(0, buckets.length),
                buckets,
                Spans.NONE,
                NONE,
                schema == CUSTOM ? new double[] {1, 2, 3} : NONE);
    }

    /// What Thanos' version of Prometheus finds: behind the last bucket of the later histogram it looks at one of the
    /// earlier only.
    @ParameterizedTest(name = "schema {0}, before {1} {2} {3}: {4}")
    @CsvSource({
        "0, 1, 5, 0, true",
        "0, 1, 0, 5, false",
        "0, 2, 0, 0, true",
        "0, 1, 0, 0, false",
        "-53, 1, 5, 0, true",
        "-53, 1, 0, 5, false",
        "-53, 2, 0, 0, true",
    })
    void isReset_bucketsBehindTheLast_onlyTheFirstCounts(int schema, double a, double b, double c, boolean expected) {
        var previous = histogram(schema, a + b + c, a, b, c);
        var current = histogram(schema, 10, 1);

        assertThat(HistogramArithmetic.isReset(current, previous)).isEqualTo(expected);
    }
}
