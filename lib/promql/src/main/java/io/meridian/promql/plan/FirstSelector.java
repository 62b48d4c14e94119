package io.meridian.promql.plan;

import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Expr.DurationExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// When the first selector within an expression looks: info() reads the info series at that time, too.
///
/// @param at      the innermost `@` of the selector and the subqueries around it
/// @param offsets those of the selector and of the subqueries around it, up to the one with the `@`
record FirstSelector(Expr.@Nullable At at, List<DurationExpr> offsets) {
    static FirstSelector of(Expr expr) {
        FirstSelector found = find(expr, new FirstSelector(null, List.of()));
        return found == null ? new FirstSelector(null, List.of()) : found;
    }

    private FirstSelector within(Expr.Modifiers modifiers) {
        boolean pinned = modifiers.at() != null;
        var inner = new ArrayList<>(pinned ? List.of() : offsets);
        if (modifiers.offset() != null) {
            inner.add(modifiers.offset());
        }
        return new FirstSelector(pinned ? modifiers.at() : at, List.copyOf(inner));
    }

    private static @Nullable FirstSelector find(Expr expr, FirstSelector around) {
        return switch (expr) {
            case Expr.VectorSelector selector -> around.within(selector.modifiers());
            case Expr.MatrixSelector matrix -> find(matrix.selector(), around);
            case Expr.Subquery subquery -> find(subquery.inner(), around.within(subquery.modifiers()));
            case Expr.Paren paren -> find(paren.inner(), around);
            case Expr.Unary unary -> find(unary.operand(), around);
            case Expr.Aggregation aggregation -> find(aggregation.operand(), around);
            case Expr.Binary binary -> first(Stream.of(binary.left(), binary.right()), around);
            case Expr.Call call -> first(call.arguments().stream(), around);
            case Expr.NumberLiteral number -> null;
            case Expr.StringLiteral string -> null;
        };
    }

    private static @Nullable FirstSelector first(Stream<Expr> operands, FirstSelector around) {
        for (Expr operand : operands.toList()) {
            FirstSelector found = find(operand, around);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
