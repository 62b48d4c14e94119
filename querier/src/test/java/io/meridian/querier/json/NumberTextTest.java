package io.meridian.querier.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.GoFloat;
import io.meridian.testkit.SeededRandom;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberTextTest {
    private static String text(double value) {
        byte[] target = new byte[2000];
        return new String(target, 0, NumberText.write(value, true, target, 0), StandardCharsets.ISO_8859_1);
    }

    private static String fixed(double value) {
        byte[] target = new byte[2000];
        return new String(target, 0, NumberText.write(value, false, target, 0), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "1, 1",
        "-1.5, -1.5",
        "0.1, 0.1",
        "100, 100",
        "1e20, 100000000000000000000",
        "1e21, 1e+21",
        "-1.25e22, -1.25e+22",
        "0.000001, 0.000001",
        "1e-7, 1e-07",
        "1.5e-10, 1.5e-10",
        "4.9e-324, 5e-324",
        "9.88e-324, 1e-323",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        "9007199254740993, 9007199254740992",
        "0.6333333333333333, 0.6333333333333333",
        "NaN, NaN",
        "Infinity, +Inf",
        "-Infinity, -Inf",
        "2e23, 2e+23",
        "8.41e21, 8.41e+21",
        "9.5367431640625e-7, 9.5367431640625e-07",
        "5e-7, 5e-07",
    })
    void write_knownNumbers_asGoDoes(double value, String expected) {
        assertThat(text(value)).isEqualTo(expected);
    }

    /// The JDK finds the shortest decimal too, but never gives less than two digits.
    @Test
    void write_anyBits_sameDecimalAsTheJdk() {
        var random = SeededRandom.create("NumberTextTest");
        for (int i = 0; i < 40_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertRight(value);
            }
        }
    }

    @Test
    void write_measurements_sameDecimalAsTheJdk() {
        var random = SeededRandom.create("NumberTextTest");
        for (int i = 0; i < 40_000; i++) {
            double decimal = random.nextInt(1_000_000_000) / Math.pow(10, random.nextInt(12));
            assertRight(decimal);
            assertRight(random.nextInt(100_000) / 30.0);
            assertRight(Math.scalb(1.0, random.nextInt(2098) - 1074));
            assertRight(random.nextLong() >>> random.nextInt(64));
        }
    }

    /// What is written without branches is what the general way writes, next to decimals of every length, too.
    @Test
    void write_fractions_sameAsTheGeneralWay() {
        var random = SeededRandom.create("NumberTextTest");
        for (int i = 0; i < 100_000; i++) {
            double value = Math.scalb(1 + random.nextDouble(), random.nextInt(75) - 22);
            assertSameAsGeneral(value);
            assertSameAsGeneral(random.nextInt(1 << 30) / Math.pow(10, random.nextInt(16)));
            double decimal = random.nextInt(1_000_000) / Math.pow(10, random.nextInt(10));
            assertSameAsGeneral(Math.nextUp(decimal));
            assertSameAsGeneral(Math.nextDown(decimal));
            assertSameAsGeneral(Math.scalb((double) random.nextInt(1, 1 << 20), -random.nextInt(40)));
        }
    }

    private static void assertSameAsGeneral(double value) {
        byte[] target = new byte[100];
        int end = NumberText.general(value, true, target, 0);
        String expected = new String(target, 0, end, StandardCharsets.ISO_8859_1);
        if (value != Math.rint(value)) {
            assertThat(text(value)).isEqualTo(expected);
            assertThat(text(-value)).isEqualTo("-" + expected);
        }
    }

    private static void assertRight(double value) {
        String text = text(value);
        assertThat(Double.parseDouble(text)).as(text).isEqualTo(value);
        String jdk = Double.toString(value);
        BigDecimal expected = new BigDecimal(jdk).stripTrailingZeros();
        if (expected.precision() > 2) {
            assertThat(new BigDecimal(text).compareTo(expected))
                    .as(text + " " + jdk)
                    .isZero();
        }
        assertThat(fixed(value)).isEqualTo(GoFloat.fixed(value));
    }

    @Test
    void points_manySeriesThroughASmallBuffer_nothingIsLost() throws IOException {
        var random = SeededRandom.create("NumberTextTest");
        var bytes = new ByteArrayOutputStream();
        var out = new JsonOutput(bytes);
        var times = new PointTexts();
        var expected = new StringBuilder();
        long[] steps = new long[500];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = (i - 3) * 500L;
        }
        times.use(steps);
        for (int series = 0; series < 100; series++) {
            double[] values = new double[steps.length];
            out.raw('[');
            expected.append('[');
            String comma = "";
            for (int i = 0; i < values.length; i++) {
                boolean there = i == 7 || random.nextInt(3) > 0;
                values[i] = there ? random.nextInt(1000) / 8.0 : io.meridian.model.StaleMarker.VALUE;
                if (there) {
                    String time = (steps[i] < 0 ? "-" : "") + Math.abs(steps[i]) / 1000 + (i % 2 == 0 ? ".500" : "");
                    expected.append(comma).append('[').append(time).append(",\"");
                    expected.append(GoFloat.fixed(values[i])).append("\"]");
                    comma = ",";
                }
            }
            int last = values.length;
            while (io.meridian.model.StaleMarker.is(values[last - 1])) {
                last--;
            }
            out.points(times, values, 0, last).raw(']');
            expected.append(']');
        }
        out.flush();
        assertThat(bytes.toString(StandardCharsets.UTF_8).equals(expected.toString()))
                .isTrue();
    }
}
