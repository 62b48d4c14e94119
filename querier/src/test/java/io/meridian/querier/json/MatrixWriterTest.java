package io.meridian.querier.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Labels;
import io.meridian.model.StaleMarker;
import io.meridian.promql.ResultSeries;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MatrixWriterTest {
    private static final Parallel SEVERAL = (threadsMax, task) -> {
        var helpers = new ArrayList<Thread>();
        for (int i = 1; i < Math.min(4, threadsMax); i++) {
            helpers.add(Thread.startVirtualThread(task));
        }
        task.run();
        for (Thread helper : helpers) {
            try {
                helper.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    };

    private static List<ResultSeries> series(int count, int steps) {
        var random = new SplittableRandom(17);
        long[] times = new long[steps];
        for (int k = 0; k < steps; k++) {
            times[k] = 1_700_000_000_000L + 30_500L * k;
        }
        var all = new ArrayList<ResultSeries>();
        for (int i = 0; i < count; i++) {
            double[] values = new double[steps];
            for (int k = 0; k < steps; k++) {
                values[k] = random.nextInt(10) == 0 ? StaleMarker.VALUE : random.nextInt(1_000_000) / 1000.0;
            }
            all.add(new ResultSeries(Labels.of("__name__", "m", "i", "<" + i + ">"), times, values, null));
        }
        return all;
    }

    private static String text(List<ResultSeries> all, Parallel parallel) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new JsonOutput(bytes);
        out.raw('[');
        new MatrixWriter(all, parallel).write(out);
        out.raw(']').flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void write_manySeriesOnSeveralThreads_textOfOneAfterTheOther() throws IOException {
        for (int count : new int[] {0, 1, 11, 12, 13, 25, 300}) {
            List<ResultSeries> all = series(count, 241);
            var expected = new StringBuilder();
            for (ResultSeries one : all) {
                String text = text(List.of(one), SEVERAL);
                expected.append(expected.isEmpty() ? "" : ",").append(text, 1, text.length() - 1);
            }
            assertThat(text(all, SEVERAL)).isEqualTo("[" + expected + "]");
        }
    }

    @Test
    void write_streamThatBreaks_fails() {
        var broken = new OutputStream() {
            private int left = 500_000;

            @Override
            public void write(int b) throws IOException {
                if (--left < 0) {
                    throw new IOException("gone");
                }
            }
        };
        var writer = new MatrixWriter(series(300, 241), SEVERAL);
        assertThatThrownBy(() -> writer.write(new JsonOutput(broken)))
                .isInstanceOf(IOException.class)
                .hasMessage("gone");
    }

    @Test
    void write_seriesLongerThanABuffer_isWhole() throws IOException {
        List<ResultSeries> all = series(3, 11_000);
        String text = text(all, SEVERAL);
        assertThat(text).startsWith("[{\"metric\":{").endsWith("\"]]}]").contains("\"i\":\"<2>\"");
        assertThat(text.length()).isGreaterThan(3 * 11_000 * 20);
    }
}
