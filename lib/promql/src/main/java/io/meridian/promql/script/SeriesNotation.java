package io.meridian.promql.script;

import io.meridian.model.FloatHistogram;
import io.meridian.model.GoQuote;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.StaleMarker;
import io.meridian.promql.parse.Literals;
import io.meridian.promql.parse.ParseException;
import io.meridian.promql.parse.Parser;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads `metric values`: `foo{a="b"} 1 2+3x4 _ _x5 stale {{sum:1 count:2}}x3`. All errors are
/// [IllegalArgumentException]s whose message says what is wrong.
final class SeriesNotation {
    private static final int VALUES_MAX = 1_000_000;
    private static final String IN_VALUES = " in series values";

    private SeriesNotation() {}

    /// @param line for [SeriesLine#line]
    static SeriesLine parse(String text, int line) {
        var cursor = new TextCursor(text);
        Labels labels = metric(cursor);
        return new SeriesLine(labels, values(cursor), line);
    }

    /// The metric at the cursor; moves it behind.
    static Labels metric(TextCursor cursor) {
        int start = cursor.position();
        cursor.word("_:");
        if (cursor.peek() == '{') {
            skipBraces(cursor);
        }
        String metric = cursor.slice(start);
        if (metric.isEmpty()) {
            throw new IllegalArgumentException("no metric at " + GoQuote.quote(cursor.rest()));
        }
        var builder = Labels.empty().toBuilder();
        try {
            for (LabelMatcher matcher : Parser.parseSelector(metric)) {
                if (matcher.type() != LabelMatcher.Type.EQUAL) {
                    throw new IllegalArgumentException("expected \"=\" after label " + matcher.name());
                }
                builder.set(matcher.name(), matcher.value());
            }
        } catch (ParseException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return builder.build();
    }

    private static boolean isHistogram(TextCursor cursor) {
        int start = cursor.position();
        boolean histogram = cursor.accept("{{");
        cursor.seek(start);
        return histogram;
    }

    private static void skipBraces(TextCursor cursor) {
        char quote = '\0';
        while (!cursor.atEnd()) {
            char c = cursor.peek();
            cursor.seek(cursor.position() + 1);
            if (quote != '\0') {
                if (c == '\\' && quote != '`') {
                    cursor.seek(cursor.position() + 1);
                } else if (c == quote) {
                    quote = '\0';
                }
            } else if (c == '"' || c == '\'' || c == '`') {
                quote = c;
            } else if (c == '}') {
                return;
            }
        }
        throw new IllegalArgumentException("unexpected end of input in label set, expected \",\" or \"}\"");
    }

    static List<ScriptValue> values(TextCursor cursor) {
        var values = new ArrayList<ScriptValue>();
        while (true) {
            boolean blank = cursor.atBlank();
            cursor.skipBlanks();
            if (cursor.atEnd()) {
                return List.copyOf(values);
            }
            if (!blank) {
                throw new IllegalArgumentException("unexpected " + GoQuote.quote(cursor.rest()) + IN_VALUES);
            }
            item(cursor, values);
            if (values.size() > VALUES_MAX) {
                throw new IllegalArgumentException("more than " + VALUES_MAX + " values in one series");
            }
        }
    }

    private static void item(TextCursor cursor, List<ScriptValue> values) {
        if (cursor.accept("_")) {
            int count = cursor.peek() == 'x' ? repetition(cursor) : 1;
            for (int i = 0; i < count; i++) {
                values.add(ScriptValue.OMITTED);
            }
        } else if (isHistogram(cursor)) {
            histograms(cursor, values);
        } else {
            floats(cursor, values);
        }
    }

    private static void histograms(TextCursor cursor, List<ScriptValue> values) {
        var base = HistogramNotation.parse(cursor);
        FloatHistogram step = null;
        boolean negative = cursor.peek() == '-';
        if (negative || cursor.peek() == '+') {
            cursor.seek(cursor.position() + 1);
            step = HistogramNotation.parse(cursor).histogram();
            if (cursor.peek() != 'x') {
                throw new IllegalArgumentException("expected a repetition (xN) behind the step of a histogram");
            }
        }
        int count = cursor.peek() == 'x' ? repetition(cursor) : 0;
        FloatHistogram histogram = base.histogram();
        values.add(ScriptValue.of(histogram, base.hintGiven()));
        for (int i = 0; i < count; i++) {
            if (step != null) {
                histogram = HistogramSteps.next(histogram, step, negative);
            }
            values.add(ScriptValue.of(histogram, base.hintGiven()));
        }
    }

    private static void floats(TextCursor cursor, List<ScriptValue> values) {
        Double first = number(cursor, true);
        if (first == null) {
            String word = cursor.word("_");
            if (!word.equals("stale")) {
                throw new IllegalArgumentException((word.isEmpty()
                                ? "unexpected " + GoQuote.quote(cursor.rest())
                                : "unexpected identifier " + GoQuote.quote(word))
                        + IN_VALUES
                        + ", expected number or \"stale\"");
            }
            values.add(ScriptValue.of(StaleMarker.VALUE));
            return;
        }
        double step = 0;
        if (cursor.peek() == '+' || cursor.peek() == '-') {
            Double given = number(cursor, true);
            if (given == null || cursor.peek() != 'x') {
                throw new IllegalArgumentException("expected a repetition (xN) behind the step of a value");
            }
            step = given;
        }
        int count = cursor.peek() == 'x' ? repetition(cursor) : 0;
        double value = first;
        values.add(ScriptValue.of(value));
        for (int i = 0; i < count; i++) {
            value += step;
            values.add(ScriptValue.of(value));
        }
    }

    /// A number, or null if there is none; hexadecimal ones do not exist here.
    static @Nullable Double number(TextCursor cursor, boolean signAllowed) {
        int start = cursor.position();
        boolean negative = signAllowed && cursor.peek() == '-';
        if (negative || signAllowed && cursor.peek() == '+') {
            cursor.seek(cursor.position() + 1);
        }
        int digits = cursor.position();
        String special = specialNumber(cursor);
        if (special == null) {
            scanDigits(cursor);
        }
        if (cursor.position() == digits) {
            cursor.seek(start);
            return null;
        }
        double value = Literals.number(cursor.slice(digits));
        return negative ? -value : value;
    }

    private static @Nullable String specialNumber(TextCursor cursor) {
        int start = cursor.position();
        String word = cursor.word("_:").toLowerCase(Locale.ROOT);
        if (word.equals("inf") || word.equals("nan")) {
            return word;
        }
        cursor.seek(start);
        return null;
    }

    private static void scanDigits(TextCursor cursor) {
        while (true) {
            char c = cursor.peek();
            boolean exponent = (c == 'e' || c == 'E');
            if (!(c >= '0' && c <= '9' || c == '.' || c == '_' || exponent)) {
                return;
            }
            cursor.seek(cursor.position() + 1);
            if (exponent && (cursor.peek() == '+' || cursor.peek() == '-')) {
                cursor.seek(cursor.position() + 1);
            }
        }
    }

    static int repetition(TextCursor cursor) {
        cursor.accept("x");
        String digits = cursor.word("");
        try {
            int count = Integer.parseInt(digits);
            if (count < 0 || count > VALUES_MAX) {
                throw new IllegalArgumentException("invalid repetition in series values: " + digits);
            }
            return count;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "invalid repetition in series values: strconv.ParseUint: parsing " + GoQuote.quote(digits)
                            + ": invalid syntax",
                    e);
        }
    }
}
