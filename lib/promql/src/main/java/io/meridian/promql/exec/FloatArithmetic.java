package io.meridian.promql.exec;

import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.plan.ConstantFolding;

/// The arithmetic of scalars, for the plan's constants.
public enum FloatArithmetic implements ConstantFolding.Arithmetic {
    INSTANCE;

    @Override
    public double binary(BinaryOperator operator, double left, double right) {
        return Arithmetic.apply(operator, left, right);
    }

    @Override
    public double pick(boolean max, double left, double right) {
        return max ? GoMath.max(left, right) : GoMath.min(left, right);
    }
}
