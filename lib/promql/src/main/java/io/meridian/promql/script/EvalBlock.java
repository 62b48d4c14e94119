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
    private final List<ExpectedSeries> series = new ArrayList<>();
    private final boolean oldFail;
    private final String variant;
    private int position;
    private int failLines;
    private boolean fail;
    private boolean noWarnings;
    private boolean noInfos;
    private boolean ordered;
    private @Nullable Double scalar;
    private @Nullable String text;
    private boolean ranges;
    ScriptCommand.Grid grid = new ScriptCommand.Grid(0, 0, 1);

    /// @param variant `fail`, `warn`, `info`, `ordered` of the old form, or empty
    EvalBlock(String variant) {
        this.variant = variant;
        oldFail = variant.equals("fail");
        fail = oldFail;
        ordered = variant.equals("ordered");
    }

    /// Takes one line; true if it ends the block.
    boolean line(String line, int number) {
        if (oldFail && line.startsWith("expected_fail_message")) {
            String message = line.substring("expected_fail_message".length()).strip();
            if (!message.isEmpty()) {
                failures.add(TextExpectation.exactly(message));
            }
            return true;
        }
        if (oldFail && line.startsWith("expected_fail_regexp")) {
            failures.add(TextExpectation.pattern(
                    line.substring("expected_fail_regexp".length()).strip()));
            return true;
        }
        if (line.startsWith("expect range vector")) {
            position++;
            grid = matrix(line);
            ranges = true;
            return false;
        }
        if (line.startsWith("expect string")) {
            position++;
            text = string(line.substring("expect string".length()));
            return false;
        }
        if (line.equals("expect") || line.startsWith("expect ")) {
            expect(line.substring("expect".length()).strip());
            return false;
        }
        position++;
        Double value = loneNumber(line);
        if (value != null) {
            scalar = value;
            return true;
        }
        series.add(new ExpectedSeries(SeriesNotation.parse(line, number), position));
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
        TextExpectation expectation = expectation(argument);
        switch (words[0]) {
            case "fail" -> {
                fail = true;
                failLines++;
                failures.add(expectation);
            }
            case "warn" -> warnings.add(expectation);
            case "info" -> infos.add(expectation);
            case "no_warn" -> noWarnings = true;
            case "no_info" -> noInfos = true;
            case "ordered" -> ordered = true;
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
        if (argument.startsWith("msg:") && argument.length() > 4) {
            return TextExpectation.exactly(argument.substring(4).strip());
        }
        if (argument.startsWith("regex:") && argument.length() > 6) {
            return TextExpectation.pattern(argument.substring(6).strip());
        }
        throw new IllegalArgumentException(
                "invalid expect statement, expected `msg:` or `regex:`: " + GoQuote.quote(argument));
    }

    /// One blank, and a string in double quotes or backquotes.
    private static String string(String argument) {
        boolean quoted = argument.startsWith(" \"") || argument.startsWith(" `");
        try {
            if (quoted
                    && Parser.parse(argument.substring(1), ParserOptions.ALL) instanceof Expr.StringLiteral literal
                    && argument.endsWith(argument.substring(1, 2))) {
                return literal.value();
            }
        } catch (ParseException e) {
            throw new IllegalArgumentException(
                    "expected string literal not valid - check that the string is correctly quoted", e);
        }
        throw new IllegalArgumentException("expected string literal not valid - a quoted string literal is required");
    }

    /// `expect range vector from A to B step S`
    private static ScriptCommand.Grid matrix(String line) {
        String[] words = line.split("\\s+", -1);
        if (words.length != 9
                || !words[2].equals("vector")
                || !words[3].equals("from")
                || !words[5].equals("to")
                || !words[7].equals("step")) {
            throw new IllegalArgumentException("invalid range vector definition " + GoQuote.quote(line));
        }
        var grid = new ScriptCommand.Grid(
                DurationText.parseMs(words[4]), DurationText.parseMs(words[6]), DurationText.parseMs(words[8]));
        if (grid.endMs() < grid.startMs()) {
            throw new IllegalArgumentException(
                    "invalid test definition, end timestamp (%s) is before start timestamp (%s)"
                            .formatted(words[6], words[4]));
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
            String kind = noWarnings && !warnings.isEmpty() ? "warn" : "info";
            throw new IllegalArgumentException(
                    "invalid expect lines, %s and no_%s cannot be used together".formatted(kind, kind));
        }
        if (failLines > 1) {
            throw new IllegalArgumentException("invalid expect lines, multiple expect fail lines are not allowed");
        }
        for (ExpectedSeries expected : series) {
            if (instant && !ranges && expected.line().values().size() > 1) {
                throw new IllegalArgumentException(
                        "expecting multiple values in instant evaluation not allowed. consider using 'expect range "
                                + "vector' directive to enable a range vector result for an instant query");
            }
        }
        parses(query);
        return new ScriptCommand.Eval(
                line,
                instant,
                grid,
                query,
                fail ? List.copyOf(failures) : null,
                new ScriptCommand.Annotations(List.copyOf(warnings), noWarnings, variant.equals("warn")),
                new ScriptCommand.Annotations(List.copyOf(infos), noInfos, variant.equals("info")),
                ordered,
                scalar,
                text,
                ranges,
                List.copyOf(series));
    }
}
