package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.QueryException;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.Plan.ScalarPlan;
import java.util.Arrays;

/// Evaluates scalars: a double for each step, at once.
final class Scalars {
    private final Compiler compiler;

    Scalars(Compiler compiler) {
        this.compiler = compiler;
    }

    double[] evaluate(ScalarPlan plan, Grid grid) {
        int steps = grid.steps();
        return switch (plan) {
            case Plan.Constant number -> filled(steps, number.value());
            case Plan.Folded folded -> filled(steps, folded.value());
            case Plan.ScalarAt at -> evaluate(at.operand(), grid);
            case Plan.ScalarInvariant invariant ->
                filled(steps, first(evaluate(invariant.operand(), Grid.at(grid.startMs()))));
            case Plan.EvaluationTime time -> {
                double[] times = new double[steps];
                for (int k = 0; k < steps; k++) {
                    times[k] = grid.timeMs(k) / 1000.0;
                }
                yield times;
            }
            case Plan.ScalarNegate negate -> {
                double[] values = evaluate(negate.operand(), grid);
                for (int k = 0; k < steps; k++) {
                    values[k] = -values[k];
                }
                yield values;
            }
            case Plan.ScalarBinary binary -> binary(binary, grid);
            case Plan.ScalarPick pick -> {
                double[] left = evaluate(pick.left(), grid);
                double[] right = evaluate(pick.right(), grid);
                for (int k = 0; k < steps; k++) {
                    left[k] = pick.max() ? GoMath.max(left[k], right[k]) : GoMath.min(left[k], right[k]);
                }
                yield left;
            }
            case Plan.ScalarOfVector scalar -> ofVector(compiler.vector(scalar.operand(), grid));
        };
    }

    private double[] binary(Plan.ScalarBinary binary, Grid grid) {
        if (PairKernel.isTrim(binary.operator())) {
            throw new QueryException(
                    Fault.EVALUATION,
                    "operator \"" + binary.operator().text() + "\" not allowed for Scalar operations");
        }
        double[] left = evaluate(binary.left(), grid);
        double[] right = evaluate(binary.right(), grid);
        for (int k = 0; k < left.length; k++) {
            left[k] = Arithmetic.apply(binary.operator(), left[k], right[k]);
        }
        return left;
    }

    /// The one float at a step, or NaN.
    private double[] ofVector(VectorStream vector) {
        double[] values = new double[vector.steps];
        Arrays.fill(values, Column.ABSENT);
        boolean[] several = new boolean[vector.steps];
        compiler.execution().loop().ordered(vector, (series, column) -> {
            for (int k = 0; k < values.length; k++) {
                if (!Column.isAbsent(column.values[k])) {
                    several[k] |= !Column.isAbsent(values[k]);
                    values[k] = column.values[k];
                }
            }
        });
        for (int k = 0; k < values.length; k++) {
            if (several[k] || Column.isAbsent(values[k])) {
                values[k] = Double.NaN;
            }
        }
        return values;
    }

    private static double first(double[] values) {
        return values.length == 0 ? Double.NaN : values[0];
    }

    private static double[] filled(int steps, double value) {
        double[] values = new double[steps];
        Arrays.fill(values, value);
        return values;
    }
}
