package io.meridian.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GoFloatTest {
    private static String json(double value) {
        byte[] target = new byte[GoFloat.JSON_BYTES_MAX + 1];
        int end = GoFloat.writeJson(value, target, 1);
        assertThat(end - 1).isLessThanOrEqualTo(GoFloat.JSON_BYTES_MAX);
        return new String(target, 1, end - 1, StandardCharsets.US_ASCII);
    }

    @Test
    void writeJson_knownValues_asPrometheusPrints() {
        assertThat(json(0)).isEqualTo("0");
        assertThat(json(-0.0)).isEqualTo("-0");
        assertThat(json(1)).isEqualTo("1");
        assertThat(json(-1.5)).isEqualTo("-1.5");
        assertThat(json(0.1)).isEqualTo("0.1");
        assertThat(json(0.1 + 0.2)).isEqualTo("0.30000000000000004");
        assertThat(json(1.0 / 3)).isEqualTo("0.3333333333333333");
        assertThat(json(1e15)).isEqualTo("1000000000000000");
        assertThat(json(123456789012345680d)).isEqualTo("123456789012345680");
        assertThat(json(1e20)).isEqualTo("100000000000000000000");
        assertThat(json(1e21)).isEqualTo("1e+21");
        assertThat(json(1.5e300)).isEqualTo("1.5e+300");
        assertThat(json(1e-6)).isEqualTo("0.000001");
        assertThat(json(1e-7)).isEqualTo("1e-07");
        assertThat(json(-4.9e-324)).isEqualTo("-5e-324");
        assertThat(json(1.7976931348623157e308)).isEqualTo("1.7976931348623157e+308");
        assertThat(json(Double.NaN)).isEqualTo("NaN");
        assertThat(json(Double.POSITIVE_INFINITY)).isEqualTo("+Inf");
        assertThat(json(Double.NEGATIVE_INFINITY)).isEqualTo("-Inf");
    }

    /// The fast ways must give the digits of the slow one.
    @Test
    void writeJson_randomValues_sameDigitsAsFixed() {
        var random = new SplittableRandom(42);
        for (int i = 0; i < 20_000; i++) {
            double value = switch (i % 4) {
                case 0 -> random.nextInt(1_000_000) / 1000.0;
                case 1 -> random.nextDouble() * Math.pow(10, random.nextInt(-5, 20));
                case 2 -> -random.nextLong(1L << 53) / Math.pow(10, random.nextInt(12));
                default -> random.nextInt(100_000) * 0.1;
            };
            double absolute = Math.abs(value);
            if (absolute >= 1e-6 && absolute < 1e21) {
                assertThat(json(value)).isEqualTo(GoFloat.fixed(value));
            }
        }
    }
}
