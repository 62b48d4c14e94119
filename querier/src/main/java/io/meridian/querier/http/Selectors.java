package io.meridian.querier.http;

import io.meridian.promql.parse.Expr;

/// Whether an expression reads any series.
final class Selectors {
    private Selectors() {}

    static boolean isEmpty(Expr expr) {
        return switch (expr) {
            case Expr.VectorSelector _, Expr.MatrixSelector _ -> false;
            case Expr.NumberLiteral _, Expr.StringLiteral _ -> true;
            case Expr.Paren paren -> isEmpty(paren.inner());
            case Expr.Unary unary -> isEmpty(unary.operand());
            case Expr.Subquery subquery -> isEmpty(subquery.inner());
            case Expr.Call call -> call.arguments().stream().allMatch(Selectors::isEmpty);
            case Expr.Aggregation aggregation ->
                isEmpty(aggregation.operand()) && (aggregation.parameter() == null || isEmpty(aggregation.parameter()));
            case Expr.Binary binary -> isEmpty(binary.left()) && isEmpty(binary.right());
        };
    }
}
