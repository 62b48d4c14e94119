package io.meridian.promql.plan;

import io.meridian.model.SelectHints;
import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.plan.Plan.RangePlan;
import io.meridian.promql.plan.Plan.ScalarPlan;
import io.meridian.promql.plan.Plan.VectorPlan;
import io.meridian.promql.plan.SelectorPlanner.Around;
import io.meridian.promql.plan.Surroundings.Enclosing;

/// Turns the syntax tree of one query into a plan on a grid: durations computed, `@` and offsets resolved, what does
/// not depend on the step put apart.
public final class Planner {
    /// @param query                 steps of the query
    /// @param instant               whether it is an instant query
    /// @param lookbackMs            lookback of instant selectors
    /// @param defaultSubqueryStepMs step of `expr[range:]`
    /// @param requestHints          wishes on downsampled data
    public record Settings(
            Grid query, boolean instant, long lookbackMs, long defaultSubqueryStepMs, SelectHints requestHints) {}

    private final Settings settings;
    private final Durations durations;
    private final SelectorPlanner selectors;
    private final StepInvariance invariance = new StepInvariance();
    private final CallPlanner calls;

    private Planner(Settings settings) {
        this.settings = settings;
        Grid query = settings.query();
        durations = new Durations(settings.instant() ? 0 : query.stepMs(), query.endMs() - query.startMs());
        selectors = new SelectorPlanner(
                durations, settings.lookbackMs(), settings.instant() ? 0 : query.stepMs(), settings.requestHints());
        calls = new CallPlanner(this, selectors, query);
    }

    /// @throws io.meridian.model.QueryException if a duration cannot be computed or a function is used wrongly
    public static Plan plan(Expr expr, Settings settings) {
        return new Planner(settings).root(expr);
    }

    private Plan root(Expr expr) {
        var place = new Surroundings(settings.query());
        return switch (StepInvariance.unwrap(expr)) {
            case Expr.StringLiteral string ->
                new Plan.Text(string.value(), string.span().start());
            case Expr.MatrixSelector matrix -> selectors.range(matrix, place, Around.NOTHING);
            case Expr.Subquery subquery -> subquery(subquery, place);
            default ->
                expr.type() == Expr.ValueType.SCALAR
                        ? scalarOperand(expr, place)
                        : vectorOperand(expr, place, Around.NOTHING);
        };
    }

    /// The operand of a node that is not itself the same at every step.
    ScalarPlan scalarOperand(Expr expr, Surroundings place) {
        if (!place.inParameter() && invariance.isInvariant(expr) && invariance.isWrapped(expr)) {
            return new Plan.ScalarInvariant(
                    scalar(expr, place.firstStepOnly()), expr.span().start());
        }
        return scalar(expr, place);
    }

    VectorPlan vectorOperand(Expr expr, Surroundings place, Around around) {
        if (!place.inParameter() && invariance.isInvariant(expr) && invariance.isWrapped(expr)) {
            return new Plan.VectorInvariant(
                    vector(expr, place.firstStepOnly(), around), expr.span().start());
        }
        return vector(expr, place, around);
    }

    /// Whether the operands of the expression are planned as they are, because the expression as a whole is put apart.
    private boolean isWhole(Expr expr) {
        return invariance.isInvariant(expr);
    }

    ScalarPlan scalar(Expr expr, Surroundings place) {
        int position = expr.span().start();
        return switch (expr) {
            case Expr.NumberLiteral number -> new Plan.Constant(number.value(), position);
            case Expr.Paren paren -> scalar(paren.inner(), place);
            case Expr.Unary unary -> {
                ScalarPlan operand = scalar(unary.operand(), place);
                yield unary.negative()
                        ? new Plan.ScalarNegate(operand, position)
                        : new Plan.ScalarAt(operand, position);
            }
            case Expr.Binary binary ->
                new Plan.ScalarBinary(
                        binary.operator(),
                        scalarOf(binary, binary.left(), place),
                        scalarOf(binary, binary.right(), place),
                        position);
            case Expr.Call call -> calls.scalar(call, place);
            default -> throw new IllegalStateException("not a scalar: " + expr);
        };
    }

    ScalarPlan scalarOf(Expr parent, Expr operand, Surroundings place) {
        return isWhole(parent) ? scalar(operand, place) : scalarOperand(operand, place);
    }

    /// Where warnings about an argument point to: into its parentheses.
    static int positionOf(Expr argument) {
        return StepInvariance.unwrap(argument).span().start();
    }

    VectorPlan vectorOf(Expr parent, Expr operand, Surroundings place, Around around) {
        return isWhole(parent) ? vector(operand, place, around) : vectorOperand(operand, place, around);
    }

    VectorPlan vector(Expr expr, Surroundings place, Around around) {
        int position = expr.span().start();
        return switch (expr) {
            case Expr.Paren paren -> vector(paren.inner(), place, around);
            case Expr.Unary unary -> {
                VectorPlan operand = vector(unary.operand(), place, Around.NOTHING);
                yield unary.negative() ? new Plan.Negate(operand, position) : new Plan.VectorAt(operand, position);
            }
            case Expr.VectorSelector selector ->
                new Plan.Select(selectors.instant(selector, place, around), Plan.Facet.SAMPLE, position);
            case Expr.Binary binary -> binary(binary, place);
            case Expr.Aggregation aggregation -> aggregation(aggregation, place);
            case Expr.Call call -> calls.vector(call, place);
            default -> throw new IllegalStateException("not a vector: " + expr);
        };
    }

    private VectorPlan binary(Expr.Binary binary, Surroundings around) {
        boolean trims =
                binary.operator() == BinaryOperator.TRIM_LOWER || binary.operator() == BinaryOperator.TRIM_UPPER;
        Surroundings place = trims ? around.needing(Surroundings.HistogramNeed.BUCKETS) : around;
        int position = binary.span().start();
        boolean leftScalar = binary.left().type() == Expr.ValueType.SCALAR;
        boolean rightScalar = binary.right().type() == Expr.ValueType.SCALAR;
        if (leftScalar) {
            ScalarPlan scalar = scalarOf(binary, binary.left(), place);
            VectorPlan vector = vectorOf(binary, binary.right(), place, Around.NOTHING);
            return new Plan.VectorScalar(binary.operator(), vector, scalar, true, binary.returnBool(), position);
        }
        if (rightScalar) {
            VectorPlan vector = vectorOf(binary, binary.left(), place, Around.NOTHING);
            ScalarPlan scalar = scalarOf(binary, binary.right(), place);
            return new Plan.VectorScalar(binary.operator(), vector, scalar, false, binary.returnBool(), position);
        }
        Expr.Matching matching = binary.matching();
        if (matching == null) {
            throw new IllegalStateException("vectors without matching: " + binary);
        }
        return new Plan.VectorVector(
                binary.operator(),
                vectorOf(binary, binary.left(), place, Around.NOTHING),
                vectorOf(binary, binary.right(), place, Around.NOTHING),
                matching,
                binary.returnBool(),
                position);
    }

    private VectorPlan aggregation(Expr.Aggregation aggregation, Surroundings place) {
        var around = new Around(aggregation.operator().text(), aggregation.grouping(), !aggregation.without());
        VectorPlan operand = vector(aggregation.operand(), place, around);
        return new Plan.Aggregate(
                aggregation.operator(),
                operand,
                aggregation.parameter() == null ? null : parameter(aggregation.parameter(), place.parameter()),
                aggregation.grouping(),
                aggregation.without(),
                aggregation.span().start());
    }

    private Plan parameter(Expr parameter, Surroundings place) {
        return switch (StepInvariance.unwrap(parameter)) {
            case Expr.StringLiteral string ->
                new Plan.Text(string.value(), parameter.span().start());
            default -> {
                ScalarPlan scalar = scalar(parameter, place);
                int position = positionOf(parameter);
                yield scalar.position() == position ? scalar : new Plan.ScalarAt(scalar, position);
            }
        };
    }

    RangePlan range(Expr expr, Surroundings place, Around around) {
        return switch (StepInvariance.unwrap(expr)) {
            case Expr.MatrixSelector matrix -> selectors.range(matrix, place, around);
            case Expr.Subquery subquery -> subquery(subquery, place);
            default -> throw new IllegalStateException("not a range: " + expr);
        };
    }

    private Plan.Subquery subquery(Expr.Subquery subquery, Surroundings place) {
        long rangeMs = durations.positiveMs(subquery.range());
        long stepMs = subquery.step() == null
                ? settings.defaultSubqueryStepMs()
                : Math.max(1, durations.positiveMs(subquery.step()));
        Enclosing enclosing = selectors.enclosing(subquery, rangeMs, place);
        long offsetMs = place.offsetMs(enclosing.atMs(), enclosing.offsetMs());
        Grid inner = SelectorPlanner.innerGrid(place.grid(), offsetMs, rangeMs, stepMs);
        VectorPlan operand = vectorOperand(subquery.inner(), place.inside(enclosing, inner), Around.NOTHING);
        long windowOffsetMs = enclosing.atMs() == null
                ? offsetMs
                : enclosing.offsetMs() + place.grid().startMs() - enclosing.atMs();
        return new Plan.Subquery(
                operand,
                inner,
                rangeMs,
                windowOffsetMs,
                enclosing.atMs() != null,
                subquery.span().start());
    }
}
