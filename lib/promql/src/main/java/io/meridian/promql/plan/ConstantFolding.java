package io.meridian.promql.plan;

import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.plan.Plan.ScalarPlan;
import io.meridian.promql.plan.Plan.VectorPlan;
import org.jspecify.annotations.Nullable;

/// Computes scalars that no data and no step can change: literals, `pi()`, the bounds of the query, arithmetic,
/// comparisons, `min_of`, `max_of`, unary minus, and `scalar(vector(...))` of them. What is computed stays in the plan
/// as a [Plan.Folded] beside its value, since Prometheus counts a sample per step and node for it. What fails when it
/// is evaluated (trims of scalars) is left to fail then.
public final class ConstantFolding extends PlanRewriter {
    /// How floats are computed when a query runs.
    public interface Arithmetic {
        double binary(BinaryOperator operator, double left, double right);

        double pick(boolean max, double left, double right);
    }

    private final Arithmetic arithmetic;

    private ConstantFolding(Arithmetic arithmetic) {
        this.arithmetic = arithmetic;
    }

    public static Plan fold(Plan plan, Arithmetic arithmetic) {
        return new ConstantFolding(arithmetic).rewrite(plan);
    }

    @Override
    ScalarPlan scalar(ScalarPlan plan) {
        Double value = plan instanceof Plan.Constant ? null : valueOf(plan);
        return value == null ? super.scalar(plan) : new Plan.Folded(value, plan, plan.position());
    }

    /// Null if it is not known before the query runs.
    private @Nullable Double valueOf(ScalarPlan plan) {
        return switch (plan) {
            case Plan.Constant constant -> (Double) constant.value();
            case Plan.Folded folded -> (Double) folded.value();
            case Plan.EvaluationTime time -> null;
            case Plan.ScalarAt at -> valueOf(at.operand());
            case Plan.ScalarInvariant once -> valueOf(once.operand());
            case Plan.ScalarNegate negate -> {
                Double value = valueOf(negate.operand());
                yield value == null ? null : (Double) (-value);
            }
            case Plan.ScalarBinary binary -> {
                boolean trims = binary.operator() == BinaryOperator.TRIM_LOWER
                        || binary.operator() == BinaryOperator.TRIM_UPPER;
                Double left = trims ? null : valueOf(binary.left());
                Double right = left == null ? null : valueOf(binary.right());
                yield left == null || right == null ? null : (Double) arithmetic.binary(binary.operator(), left, right);
            }
            case Plan.ScalarPick pick -> {
                Double left = valueOf(pick.left());
                Double right = left == null ? null : valueOf(pick.right());
                yield left == null || right == null ? null : (Double) arithmetic.pick(pick.max(), left, right);
            }
            case Plan.ScalarOfVector scalar -> valueOf(scalar.operand());
        };
    }

    private @Nullable Double valueOf(VectorPlan plan) {
        return switch (plan) {
            case Plan.VectorAt at -> valueOf(at.operand());
            case Plan.VectorInvariant once -> valueOf(once.operand());
            case Plan.VectorOfScalar vector -> valueOf(vector.operand());
            default -> null;
        };
    }
}
