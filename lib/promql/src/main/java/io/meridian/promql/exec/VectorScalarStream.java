package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.plan.Plan;
import org.jspecify.annotations.Nullable;

/// A binary operator between a vector and a scalar.
final class VectorScalarStream extends VectorStream {
    private final BinaryOperator operator;
    private final boolean returnBool;
    private final boolean scalarLeft;
    private final VectorStream operand;
    private final double[] scalar;
    private final PairAnnotations annotations;

    private VectorScalarStream(
            Plan.VectorScalar plan,
            VectorStream operand,
            double[] scalar,
            Labels[] labels,
            boolean @Nullable [] marks,
            PairAnnotations annotations) {
        super(operand.grid, labels, marks);
        this.operator = plan.operator();
        this.returnBool = plan.returnBool();
        this.scalarLeft = plan.scalarLeft();
        this.operand = operand;
        this.scalar = scalar;
        this.annotations = annotations;
    }

    static VectorStream open(Plan.VectorScalar plan, VectorStream operand, double[] scalar, Execution execution) {
        boolean delayed = execution.delaysNameRemoval();
        boolean drops = PairKernel.dropsName(plan.operator(), plan.returnBool());
        Labels[] labels = drops ? Names.dropped(operand.labels(), delayed) : operand.labels();
        boolean[] marks = drops ? Names.marked(labels.length, delayed) : operand.marks();
        var annotations =
                new PairAnnotations(execution.newAnnotations(), plan.operator(), plan.position(), operand.steps);
        var stream = new VectorScalarStream(plan, operand, scalar, labels, marks, annotations);
        return drops ? Duplicates.checkedByStep(stream, execution) : stream;
    }

    @Override
    void fill(int series, Column target, Worker worker) {
        operand.fill(series, target, worker);
        if (target.histograms != null || PairKernel.isTrim(operator)) {
            new MixedPair(operator, returnBool, scalarLeft, annotations, worker.histograms)
                    .withScalar(scalar, target, series);
            return;
        }
        double[] v = target.values;
        double[] left = scalarLeft ? scalar : v;
        double[] right = scalarLeft ? v : scalar;
        if (operator.isComparison() && !returnBool) {
            Arithmetic.filter(operator, left, right, v, v);
        } else {
            Arithmetic.columns(operator, left, right, v);
        }
    }
}
