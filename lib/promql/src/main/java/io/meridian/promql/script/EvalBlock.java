package io.meridian.promql.script;

import io.meridian.model.GoQuote;
import io.meridian.promql.parse.DurationText;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Literals;
import io.meridian.promql.parse.ParseException;
import io.meridian.promql.parse.Parser;
import io.meridian.promql.parse.ParserOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lines below an `eval`, as they are read. Errors are [IllegalArgumentException]s.
final class EvalBlock {
    private final List<TextExpectation> failures = new ArrayList<>();
    private final List<TextExpectation> warnings = new ArrayList<>();
    private final List<TextExpectation> infos = new ArrayList<>();
    private final List<SeriesLine> series = new ArrayList<>();
    private boolean fail;
    private boolean noWarnings;
    private boolean noInfos;
    private boolean ordered;
    private @Nullable Double scalar;
    private @Nullable String text;
    private ScriptCommand.@Nullable Grid matrix;
    ScriptCommand.Grid grid = new ScriptCommand.Grid(0, 0, 1);

    /// @param variant `fail`, `warn`, `info`, `ordered` of the old form, or empty
    EvalBlock(String variant) {
        fail = variant.equals("fail");
        ordered = variant.equals("ordered");
        if (variant.equals("warn")) {
            warnings.add(TextExpectation.anything());
        }
        if (variant.equals("info")) {
            infos.add(TextExpectation.anything());
        }
    }

    /// Takes one line; true if it ends the block.
    boolean line(String line, int number) {
        if (fail && line.startsWith("expected_fail_message")) {
            failures.add(TextExpectation.exactly(
                    line.substring("expected_fail_message".length()).strip()));
            return true;
        }
        if (fail && line.startsWith("expected_fail_regexp")) {
            failures.add(TextExpectation.pattern(
                    line.substring("expected_fail_regexp".length()).strip()));
            return true;
        }
        String[] words = line.split("\\s+", 2);
        if (words[0].equals("expect") && words.length == 2) {
            expect(words[1]);
            return false;
        }
        Double value = loneNumber(line);
        if (value != null) {
            scalar = value;
            return true;
        }
        series.add(SeriesNotation.parse(line, number));
        return false;
    }

    private static @Nullable Double loneNumber(String line) {
        var cursor = new TextCursor(line);
        int start = cursor.accept("-") || cursor.accept("+") ? 1 : 0;
        if (line.startsWith("0x", start) || line.startsWith("0X", start)) {
            try {
                double value = Literals.number(line.substring(start));
                return line.charAt(0) == '-' ? -value : value;
            } catch (IllegalArgumentException _) {
                return null;
            }
        }
        cursor.seek(0);
        try {
            Double value = SeriesNotation.number(cursor, true);
            return cursor.atEnd() ? value : null;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private void expect(String rest) {
        String[] words = rest.split("\\s+", 2);
        String argument = words.length > 1 ? words[1].strip() : "";
        switch (words[0].split(":", 2)[0]) {
            case "fail" -> {
                fail = true;
                failures.add(expectation(argument));
            }
            case "warn" -> warnings.add(expectation(argument));
            case "info" -> infos.add(expectation(argument));
            case "no_warn" -> noWarnings = true;
            case "no_info" -> noInfos = true;
            case "ordered" -> ordered = true;
            case "string" -> text = string(argument);
            case "range" -> matrix = matrix(rest);
            default ->
                throw new IllegalArgumentException(
                        "invalid expect statement, must be either `expect <type> msg:` or `expect <type> regex:`: "
                                + GoQuote.quote(rest));
        }
    }

    private static TextExpectation expectation(String argument) {
        if (argument.isEmpty()) {
            return TextExpectation.anything();
        }
        if (argument.startsWith("msg:")) {
            return TextExpectation.exactly(argument.substring(4).strip());
        }
        if (argument.startsWith("regex:")) {
            return TextExpectation.pattern(argument.substring(6).strip());
        }
        throw new IllegalArgumentException(
                "invalid expect statement, expected `msg:` or `regex:`: " + GoQuote.quote(argument));
    }

    private static String string(String argument) {
        try {
            if (Parser.parse(argument, ParserOptions.ALL) instanceof Expr.StringLiteral literal) {
                return literal.value();
            }
        } catch (ParseException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        throw new IllegalArgumentException("expected a quoted string, got " + argument);
    }

    /// `range vector from A to B step S`
    private static ScriptCommand.Grid matrix(String rest) {
        String[] words = rest.split("\\s+", -1);
        if (words.length != 8
                || !words[1].equals("vector")
                || !words[2].equals("from")
                || !words[4].equals("to")
                || !words[6].equals("step")) {
            throw new IllegalArgumentException("expected: expect range vector from <start> to <end> step <step>");
        }
        var grid = new ScriptCommand.Grid(
                DurationText.parseMs(words[3]), DurationText.parseMs(words[5]), DurationText.parseMs(words[7]));
        if (grid.endMs() < grid.startMs() || grid.stepMs() <= 0) {
            throw new IllegalArgumentException("invalid range: " + rest);
        }
        return grid;
    }

    /// Even a query that must fail must be PromQL.
    private static void parses(String query) {
        try {
            var _ = Parser.parse(query, ParserOptions.ALL);
        } catch (ParseException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    ScriptCommand.Eval finish(int line, boolean instant, String query) {
        if (noWarnings && !warnings.isEmpty() || noInfos && !infos.isEmpty()) {
            throw new IllegalArgumentException("invalid expect lines: both expected and not expected");
        }
        if (failures.size() > 1) {
            throw new IllegalArgumentException("invalid expect lines, multiple expect fail lines are not allowed");
        }
        TextExpectation failure = fail ? failures.isEmpty() ? TextExpectation.anything() : failures.getFirst() : null;
        for (SeriesLine expected : series) {
            if (instant && matrix == null && expected.values().size() != 1) {
                throw new IllegalArgumentException(
                        "expecting multiple values in instant evaluation not allowed: " + expected.labels());
            }
        }
        parses(query);
        return new ScriptCommand.Eval(
                line,
                instant,
                grid,
                query,
                failure,
                new ScriptCommand.Annotations(List.copyOf(warnings), noWarnings),
                new ScriptCommand.Annotations(List.copyOf(infos), noInfos),
                ordered,
                scalar,
                text,
                matrix,
                List.copyOf(series));
    }
}
