package io.meridian.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Spans;
import io.meridian.model.histogram.HistogramSum;
import io.meridian.testkit.SeededRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupHistogramsTest {
    private static final int STEPS = 5;
    private static final FloatAccumulator NO_FLOATS = new GroupSums(new double[1][STEPS], new Rows());
    private static final double[] NONE = new double[0];
    private static final double[] COUNTS = {0, -0.0, 1, 0.1, -2.5, 1e300, 1e-300, 1.7e308, Double.NaN, 7e15};

    private final RandomGenerator random = SeededRandom.create("GroupHistogramsTest");

    private FloatHistogram histogram(int strangeness) {
        boolean strange = random.nextInt(100) < strangeness;
        int schema = strange && random.nextInt(4) == 0 ? FloatHistogram.CUSTOM_SCHEMA : strange ? random.nextInt(3) : 2;
        boolean custom = schema == FloatHistogram.CUSTOM_SCHEMA;
        Spans positive = custom ? Spans.of(0, 3) : spans();
        Spans negative = custom || random.nextBoolean() ? Spans.NONE : spans();
        return new FloatHistogram(
                random.nextInt(4) > 0
                        ? CounterResetHint.UNKNOWN
                        : CounterResetHint.values()[random.nextInt(strange ? 4 : 2)],
                schema,
                custom ? 0 : strange && random.nextBoolean() ? 0.7 : 0.001,
                custom ? 0 : count(),
                count(),
                strange && random.nextInt(3) == 0 ? Double.NEGATIVE_INFINITY : count(),
                positive,
                counts(positive),
                negative,
                counts(negative),
                custom ? new double[] {1, 2} : NONE);
    }

    private Spans spans() {
        return Spans.of(random.nextInt(-6, 20), random.nextInt(1, 4), random.nextInt(0, 3), random.nextInt(0, 4));
    }

    private double count() {
        return random.nextInt(4) > 0 ? random.nextInt(100) / 7.0 : COUNTS[random.nextInt(COUNTS.length)];
    }

    private double[] counts(Spans spans) {
        double[] counts = new double[spans.bucketCount()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = count();
        }
        return counts;
    }

    /// Rows in place of objects must not be seen: same bits, same hints, same findings.
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 60})
    void results_randomHistograms_equalThoseOfObjects(int strangeness) {
        for (int round = 0; round < 400; round++) {
            boolean average = random.nextBoolean();
            var sums = new GroupHistograms(average, STEPS, _ -> {});
            var means = new @Nullable HistogramMean[STEPS];
            boolean[] failed = new boolean[STEPS];
            var operand = new HistogramSum();
            int series = random.nextInt(1, 8);
            for (int s = 0; s < series; s++) {
                var column = new HistogramColumn(STEPS);
                for (int k = 0; k < STEPS; k++) {
                    if (random.nextInt(5) > 0) {
                        column.set(k, histogram(strangeness));
                    }
                }
                boolean all = sums.add(column, NO_FLOATS, 0);
                boolean expectedAll = true;
                for (int k = 0; k < STEPS; k++) {
                    FloatHistogram histogram = column.get(k);
                    if (histogram == null || failed[k]) {
                        continue;
                    }
                    HistogramMean mean = means[k];
                    if (mean == null) {
                        mean = new HistogramMean(average);
                        mean.start(histogram);
                        means[k] = mean;
                    } else if (!mean.add(histogram, operand)) {
                        failed[k] = true;
                        expectedAll = false;
                    }
                }
                assertThat(all).isEqualTo(expectedAll);
            }
            for (int k = 0; k < STEPS; k++) {
                HistogramMean mean = means[k];
                assertThat(sums.isPresent(k)).isEqualTo(mean != null);
                assertThat(sums.isIncompatible(k)).isEqualTo(failed[k]);
                if (mean != null) {
                    assertThat(sums.hasCollision(k)).isEqualTo(mean.hasCollision());
                    assertThat(sums.isReconciled(k)).isEqualTo(mean.isReconciled());
                }
            }
            HistogramColumn results = sums.results(failed);
            for (int k = 0; k < STEPS; k++) {
                HistogramMean mean = means[k];
                FloatHistogram expected = mean == null || failed[k] ? null : mean.result(true);
                FloatHistogram actual = results.get(k);
                assertThat(actual == null ? null : actual.hint()).isEqualTo(expected == null ? null : expected.hint());
                assertThat(String.valueOf(actual)).isEqualTo(String.valueOf(expected));
                assertThat(actual).isEqualTo(expected);
            }
        }
    }

    @Test
    void add_bucketsFarApart_areAddedAsObjects() {
        var sums = new GroupHistograms(false, 1, _ -> {});
        for (int index : new int[] {-100_000, 100_000}) {
            var column = new HistogramColumn(1);
            column.set(
                    0,
                    new FloatHistogram(
                            CounterResetHint.UNKNOWN,
                            8,
                            0,
                            0,
                            1,
                            1,
                            Spans.of(index, 1),
                            new double[] {1},
                            Spans.NONE,
                            NONE,
                            NONE));
            assertThat(sums.add(column, NO_FLOATS, 0)).isTrue();
        }
        FloatHistogram sum = sums.results(new boolean[1]).get(0);
        assertThat(sum)
                .isNotNull()
                .extracting(FloatHistogram::positiveSpans)
                .isEqualTo(Spans.of(-100_000, 1, 199_999, 1));
    }
}
