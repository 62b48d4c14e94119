package io.meridian.querier.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.BucketLayout;
import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Spans;
import io.meridian.testkit.SeededRandom;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistogramWriterTest {
    private static final double[] NONE = new double[0];

    private static String write(@Nullable FloatHistogram histogram) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new JsonOutput(bytes);
        new HistogramWriter(out).write(HistogramColumn.of(new @Nullable FloatHistogram[] {histogram}), 0);
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /// The bucket (0.25, 1] begins where the zero bucket ends.
    @Test
    void write_bucketReachesIntoTheZeroBucket_isClipped() throws IOException {
        var histogram = new FloatHistogram(
                CounterResetHint.UNKNOWN,
                -1,
                0.5,
                1,
                5,
                2,
                Spans.of(0, 2),
                new double[] {2, 0},
                Spans.of(0, 1),
                new double[] {2},
                NONE);

        assertThat(write(histogram))
                .isEqualTo("{\"count\":\"5\",\"sum\":\"2\",\"buckets\":["
                        + "[1,\"-1\",\"-0.5\",\"2\"],[3,\"-0.5\",\"0.5\",\"1\"],[0,\"0.5\",\"1\",\"2\"]]}");
    }

    /// Subtraction can leave less than nothing near zero; Prometheus does not show that.
    @Test
    void write_negativeZeroCount_isLeftOut() throws IOException {
        var histogram =
                new FloatHistogram(CounterResetHint.GAUGE, 0, 0.5, -1, -1, 0, Spans.NONE, NONE, Spans.NONE, NONE, NONE);

        assertThat(write(histogram)).isEqualTo("{\"count\":\"-1\",\"sum\":\"0\"}");
    }

    /// Texts of bounds and counts are kept from one histogram to the next.
    @Test
    void write_manyRandomHistograms_eachAsIfAlone() throws IOException {
        var random = SeededRandom.create("HistogramWriterTest");
        double[] counts = {
            0, 1, 0.1, 1 / 3.0, 1e-7, 2.5e21, Double.NaN, Double.POSITIVE_INFINITY, HistogramColumn.MISSING
        };
        var bytes = new ByteArrayOutputStream();
        var out = new JsonOutput(bytes);
        var writer = new HistogramWriter(out);
        var expected = new StringBuilder();
        for (int round = 0; round < 300; round++) {
            int first = random.nextInt(-40, 40);
            int size = random.nextInt(1, 12);
            int schema = random.nextInt(3);
            var column = new HistogramColumn(1);
            var layout = new BucketLayout(
                    schema, random.nextBoolean() ? 0 : 0.5, Spans.of(first, size), Spans.of(-first, size), NONE);
            int row = column.add(0, layout, CounterResetHint.GAUGE, true);
            for (int i = 0; i < layout.width(); i++) {
                int choice = random.nextInt(i < HistogramColumn.BUCKETS ? 4 : counts.length);
                column.numbers()[row + i] = counts[choice];
            }
            writer.write(column, 0);
            expected.append(write(column.toArray(1)[0]));
        }
        out.flush();

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(expected.toString());
    }

    @Test
    void write_customBounds_firstBucketIsClosed() throws IOException {
        var histogram = new FloatHistogram(
                CounterResetHint.UNKNOWN,
                FloatHistogram.CUSTOM_SCHEMA,
                0,
                0,
                6,
                1,
                Spans.of(0, 3),
                new double[] {1, 2, 3},
                Spans.NONE,
                NONE,
                new double[] {0.5, 1});

        assertThat(write(histogram))
                .isEqualTo("{\"count\":\"6\",\"sum\":\"1\",\"buckets\":["
                        + "[3,\"-Inf\",\"0.5\",\"1\"],[0,\"0.5\",\"1\",\"2\"],[0,\"1\",\"+Inf\",\"3\"]]}");
    }
}
