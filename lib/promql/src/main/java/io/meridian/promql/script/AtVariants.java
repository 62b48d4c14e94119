package io.meridian.promql.script;

import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Expr.At;
import io.meridian.promql.parse.Expr.Modifiers;
import io.meridian.promql.parse.Parser;
import io.meridian.promql.parse.ParserOptions;
import io.meridian.promql.parse.Printer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A query with all its selectors pinned to one time gives the same answer whenever it is asked.
final class AtVariants {
    /// Functions that look at the time of evaluation.
    private static final Set<String> TIME_DEPENDENT = Set.of(
            "days_in_month",
            "day_of_month",
            "day_of_week",
            "day_of_year",
            "hour",
            "minute",
            "month",
            "year",
            "predict_linear",
            "time",
            "timestamp",
            "start",
            "end",
            "step",
            "range");

    private final At at;
    private boolean timeDependent;

    private AtVariants(long timeMs) {
        at = new At.Timestamp(timeMs);
    }

    /// The query pinned to the time, or null if it cannot be.
    static @Nullable String pinned(String query, long timeMs) {
        var variants = new AtVariants(timeMs);
        Expr pinned = variants.pin(Parser.parse(query, ParserOptions.ALL));
        return variants.timeDependent ? null : Printer.print(pinned);
    }

    /// The times at which the pinned query is asked.
    static long[] times(long timeMs) {
        return timeMs == 0
                ? new long[] {-1000, 0, 1000}
                : new long[] {-10 * timeMs, 0, timeMs / 5, timeMs, 10 * timeMs};
    }

    private Expr pin(Expr expr) {
        return switch (expr) {
            case Expr.NumberLiteral number -> number;
            case Expr.StringLiteral string -> string;
            case Expr.Paren paren -> new Expr.Paren(pin(paren.inner()), paren.span());
            case Expr.Unary unary -> new Expr.Unary(unary.negative(), pin(unary.operand()), unary.span());
            case Expr.VectorSelector selector -> pin(selector);
            case Expr.MatrixSelector matrix ->
                new Expr.MatrixSelector(pin(matrix.selector()), matrix.range(), matrix.span());
            case Expr.Subquery subquery ->
                // What is inside stays as it is.
                new Expr.Subquery(
                        subquery.inner(),
                        subquery.range(),
                        subquery.step(),
                        pin(subquery.modifiers()),
                        subquery.span());
            case Expr.Call call -> {
                timeDependent |= TIME_DEPENDENT.contains(call.function().name());
                List<Expr> arguments = new ArrayList<>();
                for (Expr argument : call.arguments()) {
                    arguments.add(pin(argument));
                }
                yield new Expr.Call(call.function(), arguments, call.span());
            }
            case Expr.Aggregation aggregation -> {
                Expr parameter = aggregation.parameter();
                yield new Expr.Aggregation(
                        aggregation.operator(),
                        pin(aggregation.operand()),
                        parameter == null ? null : pin(parameter),
                        aggregation.grouping(),
                        aggregation.without(),
                        aggregation.span());
            }
            case Expr.Binary binary ->
                new Expr.Binary(
                        binary.operator(),
                        pin(binary.left()),
                        pin(binary.right()),
                        binary.returnBool(),
                        binary.matching(),
                        binary.operatorSpan(),
                        binary.span());
        };
    }

    private Expr.VectorSelector pin(Expr.VectorSelector selector) {
        return new Expr.VectorSelector(
                selector.name(), selector.matchers(), pin(selector.modifiers()), selector.extension(), selector.span());
    }

    private Modifiers pin(Modifiers modifiers) {
        return modifiers.at() instanceof At.Timestamp ? modifiers : new Modifiers(modifiers.offset(), at);
    }
}
