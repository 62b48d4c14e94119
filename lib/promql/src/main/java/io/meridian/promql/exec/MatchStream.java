package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.parse.Expr.Cardinality;
import io.meridian.promql.plan.Plan;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A binary operator between vectors whose label sets match without doubt: pairs of series, found once, whose columns
/// are combined.
final class MatchStream extends VectorStream {
    private final BinaryOperator operator;
    private final boolean returnBool;
    private final VectorStream left;
    private final VectorStream right;
    private final int[] leftOf;
    private final int[] rightOf;
    private final PairAnnotations annotations;

    private MatchStream(
            Plan.VectorVector plan,
            VectorStream left,
            VectorStream right,
            Labels[] labels,
            int[] leftOf,
            int[] rightOf,
            boolean @Nullable [] marks,
            PairAnnotations annotations) {
        super(left.grid, labels, marks);
        this.operator = plan.operator();
        this.returnBool = plan.returnBool();
        this.left = left;
        this.right = right;
        this.leftOf = leftOf;
        this.rightOf = rightOf;
        this.annotations = annotations;
    }

    static VectorStream open(Plan.VectorVector plan, VectorStream left, VectorStream right, Execution execution) {
        Annotations annotations = execution.newAnnotations();
        var matching = plan.matching();
        boolean fills = matching.fillLeft() != null || matching.fillRight() != null;
        if (!fills && (left.size() == 0 || right.size() == 0)) {
            execution.drain(left);
            execution.drain(right);
            return Materialized.empty(left.grid);
        }
        var signatures = new Signatures(matching);
        int[] leftIds = signatures.number(left);
        int[] rightIds = signatures.number(right);
        var pairAnnotations = new PairAnnotations(annotations, plan.operator(), plan.position(), left.steps);
        boolean manyIsRight = matching.cardinality() == Cardinality.ONE_TO_MANY;
        int[] manyIds = manyIsRight ? rightIds : leftIds;
        int[] oneIds = manyIsRight ? leftIds : rightIds;
        boolean certain = !fills
                && isUnique(oneIds, signatures.size())
                && (matching.cardinality() != Cardinality.ONE_TO_ONE || isUnique(manyIds, signatures.size()));
        if (certain) {
            MatchStream matched = pairs(
                    plan, left, right, manyIsRight, manyIds, oneIds, signatures.size(), pairAnnotations, execution);
            if (Duplicates.areUnique(matched.labels())) {
                matched.drainUnmatched(execution);
                return matched;
            }
        }
        return new MatchByStep(plan, left, right, leftIds, rightIds, signatures, pairAnnotations, execution).run();
    }

    private static boolean isUnique(int[] ids, int count) {
        boolean[] seen = new boolean[count];
        for (int id : ids) {
            if (seen[id]) {
                return false;
            }
            seen[id] = true;
        }
        return true;
    }

    private static MatchStream pairs(
            Plan.VectorVector plan,
            VectorStream left,
            VectorStream right,
            boolean manyIsRight,
            int[] manyIds,
            int[] oneIds,
            int signatureCount,
            PairAnnotations annotations,
            Execution execution) {
        int[] oneOf = new int[signatureCount];
        Arrays.fill(oneOf, -1);
        for (int i = 0; i < oneIds.length; i++) {
            oneOf[oneIds[i]] = i;
        }
        int[] leftOf = new int[manyIds.length];
        int[] rightOf = new int[manyIds.length];
        var labels = new Labels[manyIds.length];
        var names =
                new MatchedLabels(plan.operator(), plan.returnBool(), plan.matching(), execution.delaysNameRemoval());
        int count = 0;
        for (int i = 0; i < manyIds.length; i++) {
            int one = oneOf[manyIds[i]];
            if (one >= 0) {
                leftOf[count] = manyIsRight ? one : i;
                rightOf[count] = manyIsRight ? i : one;
                labels[count++] = manyIsRight
                        ? names.of(right.labels(i), left.labels(one))
                        : names.of(left.labels(i), right.labels(one));
            }
        }
        // A series with several partners is made once, not once for each of them.
        boolean shared = plan.matching().cardinality() != Cardinality.ONE_TO_ONE;
        return new MatchStream(
                plan,
                shared && manyIsRight ? execution.materialize(left) : left,
                shared && !manyIsRight ? execution.materialize(right) : right,
                Arrays.copyOf(labels, count),
                leftOf,
                rightOf,
                names.marks(count),
                annotations);
    }

    private void drainUnmatched(Execution execution) {
        boolean[] leftUsed = new boolean[left.size()];
        boolean[] rightUsed = new boolean[right.size()];
        for (int i = 0; i < size(); i++) {
            leftUsed[leftOf[i]] = true;
            rightUsed[rightOf[i]] = true;
        }
        execution.drain(left, leftUsed);
        execution.drain(right, rightUsed);
    }

    @Override
    void fill(int series, Column target, Worker worker) {
        left.fill(leftOf[series], target, worker);
        Column other = worker.borrow(steps);
        right.fill(rightOf[series], other, worker);
        PairKernel.apply(operator, returnBool, target, other, series, annotations, worker.histograms);
        worker.giveBack(other);
    }
}
