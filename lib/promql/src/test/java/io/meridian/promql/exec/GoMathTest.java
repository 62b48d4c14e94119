package io.meridian.promql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.plan.ElementFunction;
import io.meridian.promql.plan.Grid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// Functions of floats give the bits that Go gives.
class GoMathTest {
    private static final Path TABLE = Path.of("src/test/resources/math/go-amd64.txt");

    @Test
    void functions_tableOfGo_sameBits() throws IOException {
        List<String> wrong = new ArrayList<>();
        int rows = 0;
        for (String line : Files.readAllLines(TABLE)) {
            if (line.startsWith("#")) {
                continue;
            }
            rows++;
            String[] parts = line.split(" ");
            double expected = number(parts[parts.length - 1]);
            double actual = compute(parts);
            boolean same = Double.isNaN(expected)
                    ? Double.isNaN(actual)
                    : Double.doubleToRawLongBits(expected) == Double.doubleToRawLongBits(actual);
            if (!same) {
                wrong.add(parts[0] + " of " + number(parts[1]) + ": expected " + expected + ", got " + actual);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(rows).isGreaterThan(700);
    }

    private static double compute(String[] parts) {
        double[] values = {number(parts[1])};
        if (parts.length == 4) {
            return Arithmetic.apply(BinaryOperator.POW, values[0], number(parts[2]));
        }
        var function = ElementFunction.valueOf(parts[0].toUpperCase(Locale.ROOT));
        ElementKernel.apply(function, values, new double[0][], new Grid(0, 0, 1));
        return values[0];
    }

    private static double number(String hex) {
        return Double.longBitsToDouble(Long.parseUnsignedLong(hex, 16));
    }
}
