package io.meridian.promql.plan;

import io.meridian.promql.parse.Expr;
import java.util.IdentityHashMap;
import java.util.Set;

/// Finds the parts of a query that have the same value at every step, by Prometheus' rules (which do not look at the
/// parameter of an aggregation).
final class StepInvariance {
    /// Functions of the step's own time, whatever their arguments.
    private static final Set<String> TIME_BOUND = Set.of(
            "time",
            "timestamp",
            "predict_linear",
            "days_in_month",
            "day_of_month",
            "day_of_week",
            "day_of_year",
            "hour",
            "minute",
            "month",
            "year");

    /// Functions that are numbers once the query's range is known.
    private static final Set<String> FOLDED = Set.of("start", "end", "range", "step");

    private final IdentityHashMap<Expr, Boolean> invariant = new IdentityHashMap<>();

    boolean isInvariant(Expr expr) {
        Boolean known = invariant.get(expr);
        if (known == null) {
            known = compute(expr);
            invariant.put(expr, known);
        }
        return known;
    }

    /// Whether an invariant expression is worth evaluating apart: literals and windows are not.
    boolean isWrapped(Expr expr) {
        return switch (expr) {
            case Expr.NumberLiteral number -> false;
            case Expr.StringLiteral string -> false;
            case Expr.MatrixSelector matrix -> false;
            case Expr.Subquery subquery -> false;
            case Expr.Paren paren -> isWrapped(paren.inner());
            case Expr.Unary unary -> isWrapped(unary.operand());
            case Expr.Aggregation aggregation -> isWrapped(aggregation.operand());
            case Expr.Call call when isFolded(call) -> false;
            default -> isInvariant(expr);
        };
    }

    static boolean isFolded(Expr.Call call) {
        return FOLDED.contains(call.function().name());
    }

    private boolean compute(Expr expr) {
        return switch (expr) {
            case Expr.NumberLiteral number -> true;
            case Expr.StringLiteral string -> true;
            case Expr.Paren paren -> isInvariant(paren.inner());
            case Expr.Unary unary -> isInvariant(unary.operand());
            case Expr.VectorSelector selector -> selector.modifiers().at() != null;
            case Expr.MatrixSelector matrix -> isInvariant(matrix.selector());
            case Expr.Subquery subquery -> subquery.modifiers().at() != null;
            case Expr.Aggregation aggregation -> isInvariant(aggregation.operand());
            case Expr.Binary binary -> isInvariant(binary.left()) && isInvariant(binary.right());
            case Expr.Call call -> isInvariant(call);
        };
    }

    private boolean isInvariant(Expr.Call call) {
        if (TIME_BOUND.contains(call.function().name())) {
            return call.function().name().equals("timestamp")
                    && unwrap(call.arguments().getFirst()) instanceof Expr.VectorSelector selector
                    && isInvariant((Expr) selector);
        }
        boolean all = true;
        for (Expr argument : call.arguments()) {
            all &= isInvariant(argument);
        }
        return all;
    }

    static Expr unwrap(Expr expr) {
        Expr bare = expr;
        while (bare instanceof Expr.Paren paren) {
            bare = paren.inner();
        }
        return bare;
    }
}
