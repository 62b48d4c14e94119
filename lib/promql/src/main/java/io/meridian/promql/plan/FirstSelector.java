package io.meridian.promql.plan;

import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.parse.Expr.Modifiers;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the selector whose offset and `@` info() takes over for the info series.
final class FirstSelector {
    private FirstSelector() {}

    /// A selector without matchers that looks where the first selector within the expression looks.
    static Expr.VectorSelector modelOf(Expr expr) {
        Modifiers found = find(expr, null);
        return new Expr.VectorSelector(
                "", List.of(), found == null ? Modifiers.NONE : found, Extension.NONE, expr.span());
    }

    /// @param around the innermost `@` of the subqueries around the expression
    private static @Nullable Modifiers find(Expr expr, Expr.@Nullable At around) {
        return switch (expr) {
            case Expr.VectorSelector selector ->
                new Modifiers(
                        selector.modifiers().offset(),
                        selector.modifiers().at() == null
                                ? around
                                : selector.modifiers().at());
            case Expr.MatrixSelector matrix -> find(matrix.selector(), around);
            case Expr.Subquery subquery ->
                find(
                        subquery.inner(),
                        subquery.modifiers().at() == null
                                ? around
                                : subquery.modifiers().at());
            case Expr.Paren paren -> find(paren.inner(), around);
            case Expr.Unary unary -> find(unary.operand(), around);
            case Expr.Aggregation aggregation -> find(aggregation.operand(), around);
            case Expr.Binary binary -> first(Stream.of(binary.left(), binary.right()), around);
            case Expr.Call call -> first(call.arguments().stream(), around);
            case Expr.NumberLiteral number -> null;
            case Expr.StringLiteral string -> null;
        };
    }

    private static @Nullable Modifiers first(Stream<Expr> operands, Expr.@Nullable At around) {
        for (Expr operand : operands.toList()) {
            Modifiers found = find(operand, around);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
