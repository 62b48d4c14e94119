package io.meridian.promql.plan;

import io.meridian.model.Fault;
import io.meridian.model.QueryException;
import io.meridian.promql.parse.Expr.DurationExpr;

/// Computes the durations of a query. Literals are rounded to nanoseconds; anything computed is truncated to
/// milliseconds.
final class Durations {
    private static final double SECONDS_MAX = 0x1p63 / 1e9;

    private final double stepSeconds;
    private final double rangeSeconds;

    /// @param stepMs 0 for an instant query
    Durations(long stepMs, long rangeMs) {
        stepSeconds = stepMs / 1000.0;
        rangeSeconds = rangeMs / 1000.0;
    }

    /// A range or a step, in milliseconds; above 0 seconds.
    long positiveMs(DurationExpr expr) {
        return milliseconds(expr, false);
    }

    /// An offset in milliseconds, of either sign.
    long offsetMs(DurationExpr expr) {
        return milliseconds(expr, true);
    }

    private long milliseconds(DurationExpr expr, boolean anySign) {
        Double written = literal(expr);
        if (written != null) {
            long nanos = Math.round(Math.abs(written) * 1e9);
            return (written < 0 ? -nanos : nanos) / 1_000_000;
        }
        DurationExpr bare = expr;
        while (bare instanceof DurationExpr.Parens parens && !(parens.inner() instanceof DurationExpr.Literal)) {
            bare = parens.inner();
        }
        double seconds = evaluate(bare);
        if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
            throw fail(bare, "duration is NaN or infinite");
        }
        if (seconds <= 0 && !anySign) {
            throw fail(bare, "duration must be greater than 0");
        }
        if (Math.abs(seconds) > SECONDS_MAX) {
            throw fail(bare, "duration is out of range");
        }
        return (long) (seconds * 1000);
    }

    /// The value of a plain, maybe signed, literal; null for everything else.
    private static @org.jspecify.annotations.Nullable Double literal(DurationExpr expr) {
        return switch (expr) {
            case DurationExpr.Literal literal -> literal.seconds();
            case DurationExpr.Negate negate
            when negate.operand() instanceof DurationExpr.Literal literal ->
                negate.negative() ? -literal.seconds() : literal.seconds();
            default -> null;
        };
    }

    private double evaluate(DurationExpr expr) {
        return switch (expr) {
            case DurationExpr.Literal literal -> literal.seconds();
            case DurationExpr.Step step -> stepSeconds;
            case DurationExpr.Range range -> rangeSeconds;
            case DurationExpr.Parens parens -> evaluate(parens.inner());
            case DurationExpr.Negate negate ->
                negate.negative() ? -evaluate(negate.operand()) : evaluate(negate.operand());
            case DurationExpr.Pick pick -> {
                double left = evaluate(pick.left());
                double right = evaluate(pick.right());
                yield pick.max() ? Math.max(left, right) : Math.min(left, right);
            }
            case DurationExpr.Arithmetic arithmetic -> arithmetic(arithmetic);
        };
    }

    private double arithmetic(DurationExpr.Arithmetic expr) {
        double left = evaluate(expr.left());
        double right = evaluate(expr.right());
        return switch (expr.operator()) {
            case '+' -> left + right;
            case '-' -> left - right;
            case '*' -> left * right;
            case '/' -> {
                if (right == 0) {
                    throw fail(expr, "division by zero");
                }
                yield left / right;
            }
            case '%' -> {
                if (right == 0) {
                    throw fail(expr, "modulo by zero");
                }
                yield left % right;
            }
            case '^' -> Math.pow(left, right);
            default -> throw new IllegalArgumentException("operator of a duration: " + expr.operator());
        };
    }

    private static QueryException fail(DurationExpr at, String reason) {
        return new QueryException(
                Fault.BAD_QUERY, at.span().start() + ":" + at.span().end() + ": " + reason);
    }
}
