package io.meridian.promql.script;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.GoQuote;
import io.meridian.model.Spans;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Reads `{{schema:1 sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3}}`. Nothing is
/// checked against anything else: the count is what is written.
final class HistogramNotation {
    private static final String CONTEXT = " in histogram description";

    /// @param hintGiven whether there is a `counter_reset_hint`
    record Parsed(FloatHistogram histogram, boolean hintGiven) {}

    private final TextCursor cursor;
    private CounterResetHint hint = CounterResetHint.UNKNOWN;
    private int schema;
    private double zeroThreshold;
    private double zeroCount;
    private double count;
    private double sum;
    private int positiveOffset;
    private int negativeOffset;
    private double[] positive = new double[0];
    private double[] negative = new double[0];
    private double[] customValues = new double[0];

    private HistogramNotation(TextCursor cursor) {
        this.cursor = cursor;
    }

    /// The histogram at the cursor; moves it behind.
    ///
    /// @throws IllegalArgumentException if there is none
    static Parsed parse(TextCursor cursor) {
        return new HistogramNotation(cursor).parse();
    }

    private Parsed parse() {
        if (!cursor.accept("{{")) {
            throw new IllegalArgumentException("expected a histogram at " + GoQuote.quote(cursor.rest()));
        }
        Set<String> seen = new HashSet<>();
        while (!cursor.accept("}}")) {
            if (!seen.isEmpty() && !cursor.atBlank()) {
                throw new IllegalArgumentException("unexpected " + GoQuote.quote(cursor.rest()) + CONTEXT);
            }
            cursor.skipBlanks();
            if (cursor.accept("}}")) {
                break;
            }
            String key = cursor.word("_").toLowerCase(Locale.ROOT);
            if (key.isEmpty()) {
                throw new IllegalArgumentException("unexpected " + GoQuote.quote(cursor.rest()) + CONTEXT
                        + ", expected histogram description key, e.g. buckets:[5 10 7]");
            }
            if (!seen.add(key)) {
                throw new IllegalArgumentException("duplicate key " + GoQuote.quote(key) + " in histogram");
            }
            field(key);
        }
        var histogram = new FloatHistogram(
                hint,
                schema,
                zeroThreshold,
                zeroCount,
                count,
                sum,
                spans(positiveOffset, positive),
                positive,
                spans(negativeOffset, negative),
                negative,
                customValues);
        return new Parsed(histogram, seen.contains("counter_reset_hint"));
    }

    private static Spans spans(int offset, double[] buckets) {
        return buckets.length == 0 ? Spans.NONE : Spans.of(offset, buckets.length);
    }

    private void field(String key) {
        switch (key) {
            case "schema",
                    "sum",
                    "count",
                    "z_bucket",
                    "z_bucket_w",
                    "custom_values",
                    "buckets",
                    "offset",
                    "n_buckets",
                    "n_offset",
                    "counter_reset_hint" -> {
                if (!cursor.accept(":")) {
                    throw new IllegalArgumentException("missing `:` for histogram descriptor");
                }
            }
            default -> throw new IllegalArgumentException("bad histogram descriptor found: " + GoQuote.quote(key));
        }
        switch (key) {
            case "schema" -> schema = integer();
            case "sum" -> sum = number();
            case "count" -> count = number();
            case "z_bucket" -> zeroCount = number();
            case "z_bucket_w" -> zeroThreshold = number();
            case "custom_values" -> customValues = numbers();
            case "buckets" -> positive = numbers();
            case "offset" -> positiveOffset = integer();
            case "n_buckets" -> negative = numbers();
            case "n_offset" -> negativeOffset = integer();
            default -> hint = hint(cursor.word("_").toLowerCase(Locale.ROOT));
        }
    }

    private static CounterResetHint hint(String name) {
        return switch (name) {
            case "unknown" -> CounterResetHint.UNKNOWN;
            case "reset" -> CounterResetHint.RESET;
            case "not_reset" -> CounterResetHint.NOT_RESET;
            case "gauge" -> CounterResetHint.GAUGE;
            default ->
                throw new IllegalArgumentException("unexpected " + GoQuote.quote(name) + CONTEXT
                        + ", expected unknown, reset, not_reset or gauge");
        };
    }

    private double number() {
        Double value = SeriesNotation.number(cursor, true);
        if (value == null) {
            throw new IllegalArgumentException(
                    "unexpected " + GoQuote.quote(cursor.rest()) + CONTEXT + ", expected number");
        }
        return value;
    }

    private int integer() {
        double value = number();
        if (value != Math.rint(value) || Math.abs(value) > 1_000_000) {
            throw new IllegalArgumentException("expected a small integer" + CONTEXT + ", got " + value);
        }
        return (int) value;
    }

    private double[] numbers() {
        if (!cursor.accept("[")) {
            throw new IllegalArgumentException(
                    "unexpected " + GoQuote.quote(cursor.rest()) + CONTEXT + ", expected \"[\"");
        }
        List<Double> values = new ArrayList<>();
        cursor.skipBlanks();
        do {
            values.add(number());
            cursor.skipBlanks();
        } while (!cursor.accept("]"));
        double[] array = new double[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }
}
