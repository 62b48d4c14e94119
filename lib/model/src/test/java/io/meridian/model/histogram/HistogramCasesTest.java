package io.meridian.model.histogram;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// Random histograms and what Prometheus 3.14 makes of them, to the bit.
///
/// A line `A`, `B` or `C` is an input: hint; schema; zero threshold; zero count; count; sum; positive; negative; custom
/// bounds. A side is `offset/length,…|count,…`, in results `index:count,…`. Floats are their bits, any NaN is `NaN`.
/// Every other line is an operation on the inputs above it, with its parameters and results.
@NullMarked
class HistogramCasesTest {
    @Test
    void operations_onRandomHistograms_equalPrometheus() throws IOException {
        Map<String, FloatHistogram> inputs = new TreeMap<>();
        Map<String, Integer> checked = new TreeMap<>();
        for (String line : lines()) {
            int space = line.indexOf(' ');
            String what = line.substring(0, space);
            String expected = line.substring(space + 1);
            if (what.length() == 1) {
                inputs.put(what, parse(expected));
                continue;
            }
            String actual = run(what, expected.split(" "), input(inputs, "A"), input(inputs, "B"), inputs);
            assertThat(actual).as("%s of %s", what, inputs).isEqualTo(expected);
            checked.merge(what, 1, Integer::sum);
        }
        assertThat(checked).hasSize(13);
        assertThat(checked.values()).allMatch(count -> count > 50);
    }

    private static FloatHistogram input(Map<String, FloatHistogram> inputs, String name) {
        return Objects.requireNonNull(inputs.get(name));
    }

    private static List<String> lines() throws IOException {
        var stream = Objects.requireNonNull(HistogramCasesTest.class.getResourceAsStream("prometheus-3.14.txt.gz"));
        try (var reader =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(stream), StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }

    private static String run(
            String what, String[] given, FloatHistogram a, FloatHistogram b, Map<String, FloatHistogram> inputs) {
        String first = given[0];
        return switch (what) {
            case "add" -> text(HistogramArithmetic.add(a, b));
            case "sub" -> text(HistogramArithmetic.subtract(a, b));
            case "kahan" -> {
                var sum = new HistogramSum();
                sum.load(a);
                sum.compensate();
                var operand = new HistogramSum();
                for (FloatHistogram next : List.of(b, input(inputs, "C"), b)) {
                    operand.load(next);
                    sum.add(operand, false);
                }
                boolean overflow = sum.hasOverflow();
                sum.settle();
                yield text(sum.toHistogram()) + " " + overflow;
            }
            case "reset" -> HistogramResets.isReset(a, b) + " " + HistogramResets.isReset(b, a);
            case "compact" -> first + " " + text(HistogramCompaction.compact(a, Integer.parseInt(first)));
            case "trim" ->
                first + " " + text(HistogramTrim.below(a, number(first))) + " "
                        + text(HistogramTrim.above(a, number(first)));
            case "scale" ->
                first + " " + text(HistogramArithmetic.multiply(a, number(first))) + " "
                        + text(HistogramArithmetic.divide(a, number(first)));
            case "quantile" -> {
                var result = HistogramQuantile.of(number(first), a);
                yield first + " " + text(result.value()) + " "
                        + result.finding().ordinal();
            }
            case "fraction" -> {
                var result = HistogramFraction.of(number(first), number(given[1]), a);
                yield first + " " + given[1] + " " + text(result.value()) + " " + (result.excludesNaN() ? 3 : 0);
            }
            case "equals" -> String.valueOf(HistogramEquality.same(a, b));
            case "string" -> a.toString();
            case "reduce" -> first + " " + text(HistogramResolution.reduce(a, Integer.parseInt(first)));
            case "math" ->
                first + " " + text(GoLogarithm.log2(number(first))) + " " + given[2] + " "
                        + text(GoLogarithm.exp2(number(given[2])));
            default -> throw new AssertionError(what);
        };
    }

    private static FloatHistogram parse(String text) {
        String[] fields = text.split(";", -1);
        String[] positive = fields[6].split("\\|", -1);
        String[] negative = fields[7].split("\\|", -1);
        return new FloatHistogram(
                CounterResetHint.values()[Integer.parseInt(fields[0])],
                Integer.parseInt(fields[1]),
                number(fields[2]),
                number(fields[3]),
                number(fields[4]),
                number(fields[5]),
                spans(positive[0]),
                numbers(positive[1]),
                spans(negative[0]),
                numbers(negative[1]),
                numbers(fields[8]));
    }

    private static Spans spans(String text) {
        if (text.isEmpty()) {
            return Spans.NONE;
        }
        return Spans.of(
                Arrays.stream(text.split("[,/]")).mapToInt(Integer::parseInt).toArray());
    }

    private static double[] numbers(String text) {
        return text.isEmpty()
                ? new double[0]
                : Arrays.stream(text.split(","))
                        .mapToDouble(HistogramCasesTest::number)
                        .toArray();
    }

    private static double number(String text) {
        return text.equals("NaN") ? Double.NaN : Double.longBitsToDouble(HexFormat.fromHexDigitsToLong(text));
    }

    private static String text(double value) {
        return Double.isNaN(value) ? "NaN" : HexFormat.of().toHexDigits(Double.doubleToRawLongBits(value));
    }

    private static String text(HistogramArithmetic.Combined combined) {
        return text(combined.histogram()) + " " + combined.hintCollision() + " " + combined.boundsReconciled();
    }

    private static String text(FloatHistogram histogram) {
        var bounds = new StringBuilder();
        for (double bound : histogram.customValues()) {
            bounds.append(text(bound)).append(',');
        }
        return String.join(
                ";",
                String.valueOf(histogram.hint().ordinal()),
                String.valueOf(histogram.schema()),
                text(histogram.zeroThreshold()),
                text(histogram.zeroCount()),
                text(histogram.count()),
                text(histogram.sum()),
                side(histogram.positiveSpans(), histogram.positiveBuckets()),
                side(histogram.negativeSpans(), histogram.negativeBuckets()),
                bounds);
    }

    private static String side(Spans spans, double[] counts) {
        var out = new StringBuilder();
        int[] indices = spans.indices();
        for (int i = 0; i < counts.length; i++) {
            out.append(indices[i]).append(':').append(text(counts[i])).append(',');
        }
        return out.toString();
    }
}
