package io.meridian.querier.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.testkit.SeededRandom;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberTextTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "1, 1",
        "-1.5, -1.5",
        "0.1, 0.1",
        "0.30000000000000004, 0.30000000000000004",
        "1e21, 1e+21",
        "1e20, 100000000000000000000",
        "1e-6, 0.000001",
        "1e-7, 1e-07",
        "1.25e-9, 1.25e-09",
        "5e-324, 5e-324",
        "1e23, 1e+23",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "NaN, NaN",
        "Infinity, +Inf",
        "-Infinity, -Inf",
        "9007199254740993, 9007199254740992",
        "123456.789, 123456.789",
    })
    void write_double_asGoDoes(double value, String text) {
        assertThat(text(value, true)).isEqualTo(text);
    }

    @Test
    void write_withoutExponent_neverHasOne() {
        assertThat(text(1e21, false)).isEqualTo("1000000000000000000000");
        assertThat(text(Double.MIN_VALUE, false)).hasSize(326).endsWith("5").startsWith("0.000");
    }

    @Test
    void write_randomDoubles_readBackWithNoMoreDigitsThanNeeded() {
        var random = SeededRandom.create("NumberTextTest");
        for (int i = 0; i < 20_000; i++) {
            double value = switch (i % 3) {
                case 0 -> Double.longBitsToDouble(random.nextLong());
                case 1 -> random.nextInt() / 1000.0;
                default -> random.nextDouble() * 1e6;
            };
            if (Double.isFinite(value)) {
                String text = text(value, i % 2 == 0);
                assertThat(Double.parseDouble(text)).isEqualTo(value);
                assertThat(digits(text)).isLessThanOrEqualTo(digits(Double.toString(value)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1500, 1.500", "-192, -0.192", "1788000000000, 1788000000", "1435781451001, 1435781451.001"})
    void writeTime_milliseconds_threeDecimalsOrNone(long timeMs, String text) {
        var bytes = new byte[64];
        assertThat(new String(bytes, 0, NumberText.writeTime(timeMs, bytes, 0), StandardCharsets.US_ASCII))
                .isEqualTo(text);
    }

    private static int digits(String text) {
        return new BigDecimal(text).stripTrailingZeros().precision();
    }

    private static String text(double value, boolean exponents) {
        var bytes = new byte[1200];
        return new String(bytes, 0, NumberText.write(value, exponents, bytes, 0), StandardCharsets.US_ASCII)
                .strip()
                .replace("\0", "");
    }
}
