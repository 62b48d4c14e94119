package io.meridian.promql.parse;

import io.meridian.model.GoFloat;
import io.meridian.model.GoQuote;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Utf8;
import io.meridian.promql.parse.Expr.At;
import io.meridian.promql.parse.Expr.Cardinality;
import io.meridian.promql.parse.Expr.DurationExpr;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.parse.Expr.Matching;
import io.meridian.promql.parse.Expr.Modifiers;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The canonical text of an expression, on one line, as Prometheus prints it. Parentheses are neither added nor
/// removed.
public final class Printer {
    private Printer() {}

    public static String print(Expr expr) {
        var out = new StringBuilder();
        append(out, expr);
        return out.toString();
    }

    private static void append(StringBuilder out, Expr expr) {
        switch (expr) {
            case Expr.NumberLiteral number -> out.append(number(number.value(), number.isDuration()));
            case Expr.StringLiteral string -> out.append(GoQuote.quote(string.value()));
            case Expr.Paren paren -> {
                append(out.append('('), paren.inner());
                out.append(')');
            }
            case Expr.Unary unary -> append(out.append(unary.negative() ? '-' : '+'), unary.operand());
            case Expr.VectorSelector selector -> {
                bare(out, selector);
                at(out, selector.modifiers());
                extension(out, selector.extension());
                offset(out, selector.modifiers());
            }
            case Expr.MatrixSelector matrix -> {
                bare(out, matrix.selector());
                out.append('[').append(duration(matrix.range())).append(']');
                extension(out, matrix.selector().extension());
                at(out, matrix.selector().modifiers());
                offset(out, matrix.selector().modifiers());
            }
            case Expr.Subquery subquery -> {
                append(out, subquery.inner());
                out.append(subquerySuffix(subquery));
            }
            case Expr.Call call -> {
                out.append(call.function().name()).append('(');
                list(out, call.arguments());
                out.append(')');
            }
            case Expr.Aggregation aggregation -> {
                out.append(aggregationHead(aggregation));
                Expr parameter = aggregation.parameter();
                list(
                        out,
                        parameter == null ? List.of(aggregation.operand()) : List.of(parameter, aggregation.operand()));
                out.append(')');
            }
            case Expr.Binary binary -> {
                append(out, binary.left());
                out.append(' ').append(operatorText(binary)).append(' ');
                append(out, binary.right());
            }
        }
    }

    private static void list(StringBuilder out, List<Expr> expressions) {
        for (int i = 0; i < expressions.size(); i++) {
            if (i > 0) {
                out.append(", ");
            }
            append(out, expressions.get(i));
        }
    }

    /// A number without exponent, or a duration in words.
    static String number(double value, boolean isDuration) {
        return isDuration ? DurationText.format((long) (value * 1e3)) : GoFloat.fixed(value);
    }

    /// `sum by (a) (`
    static String aggregationHead(Expr.Aggregation aggregation) {
        String name = aggregation.operator().text();
        if (aggregation.without()) {
            return name + " without (" + labels(aggregation.grouping()) + ") (";
        }
        return aggregation.grouping().isEmpty() ? name + "(" : name + " by (" + labels(aggregation.grouping()) + ") (";
    }

    /// `* on (a) group_left (b) fill (0)`
    static String operatorText(Expr.Binary binary) {
        var out = new StringBuilder(binary.operator().text());
        if (binary.returnBool()) {
            out.append(" bool");
        }
        Matching matching = binary.matching();
        if (matching != null) {
            matching(out, matching);
        }
        return out.toString();
    }

    private static void matching(StringBuilder out, Matching matching) {
        boolean grouped =
                matching.cardinality() == Cardinality.MANY_TO_ONE || matching.cardinality() == Cardinality.ONE_TO_MANY;
        if (matching.on() || grouped || !matching.labels().isEmpty()) {
            out.append(matching.on() ? " on (" : " ignoring (")
                    .append(labels(matching.labels()))
                    .append(')');
        }
        if (grouped) {
            out.append(matching.cardinality() == Cardinality.MANY_TO_ONE ? " group_left (" : " group_right (")
                    .append(labels(matching.include()))
                    .append(')');
        }
        Double left = matching.fillLeft();
        Double right = matching.fillRight();
        if (left != null && right != null && left.doubleValue() == right.doubleValue()) {
            out.append(" fill (").append(GoFloat.general(left)).append(')');
            return;
        }
        if (left != null) {
            out.append(" fill_left (").append(GoFloat.general(left)).append(')');
        }
        if (right != null) {
            out.append(" fill_right (").append(GoFloat.general(right)).append(')');
        }
    }

    private static String labels(List<String> names) {
        return names.stream().map(GoQuote::labelName).collect(Collectors.joining(", "));
    }

    /// Name and matchers.
    private static void bare(StringBuilder out, Expr.VectorSelector selector) {
        out.append(selector.name());
        String matchers = selector.matchers().stream()
                .filter(matcher -> !isName(matcher, selector.name()))
                .map(LabelMatcher::toString)
                .sorted(Utf8::compare)
                .collect(Collectors.joining(","));
        if (!matchers.isEmpty()) {
            out.append('{').append(matchers).append('}');
        }
    }

    private static boolean isName(LabelMatcher matcher, String name) {
        return !name.isEmpty()
                && matcher.name().equals("__name__")
                && matcher.type() == LabelMatcher.Type.EQUAL
                && matcher.value().equals(name);
    }

    private static void at(StringBuilder out, Modifiers modifiers) {
        switch (modifiers.at()) {
            case null -> {}
            case At.Timestamp timestamp -> out.append(" @ ").append(GoFixed.format(timestamp.timeMs() / 1e3, 3));
            case At.Start _ -> out.append(" @ start()");
            case At.End _ -> out.append(" @ end()");
        }
    }

    private static void extension(StringBuilder out, Extension extension) {
        switch (extension) {
            case NONE -> {}
            case ANCHORED -> out.append(" anchored");
            case SMOOTHED -> out.append(" smoothed");
        }
    }

    private static void offset(StringBuilder out, Modifiers modifiers) {
        DurationExpr offset = modifiers.offset();
        boolean none = offset == null || offset instanceof DurationExpr.Literal literal && literal.milliseconds() == 0;
        if (!none) {
            out.append(" offset ").append(duration(offset));
        }
    }

    /// `[5m:1m] @ 5.000 offset 1m`
    static String subquerySuffix(Expr.Subquery subquery) {
        var out = new StringBuilder()
                .append('[')
                .append(duration(subquery.range()))
                .append(':');
        if (subquery.step() != null) {
            out.append(duration(subquery.step()));
        }
        out.append(']');
        at(out, subquery.modifiers());
        offset(out, subquery.modifiers());
        return out.toString();
    }

    /// A literal as a duration, everything else as written.
    private static String duration(@Nullable DurationExpr duration) {
        return switch (duration) {
            case null -> "";
            case DurationExpr.Literal literal -> DurationText.format(literal.milliseconds());
            default -> arithmetic(duration);
        };
    }

    private static String arithmetic(DurationExpr duration) {
        return switch (duration) {
            case DurationExpr.Literal literal -> number(literal.seconds(), literal.isDuration());
            case DurationExpr.Step _ -> "step()";
            case DurationExpr.Range _ -> "range()";
            case DurationExpr.Parens parens -> "(" + arithmetic(parens.inner()) + ")";
            case DurationExpr.Negate negate -> (negate.negative() ? "-" : "") + arithmetic(negate.operand());
            case DurationExpr.Pick pick ->
                (pick.max() ? "max_of(" : "min_of(") + arithmetic(pick.left()) + ", " + arithmetic(pick.right()) + ")";
            case DurationExpr.Arithmetic binary ->
                arithmetic(binary.left()) + " " + binary.operator() + " " + arithmetic(binary.right());
        };
    }
}
