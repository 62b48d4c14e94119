package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.plan.Plan;
import java.util.Arrays;

/// `and`, `or`, `unless`: samples pass untouched, or not, by what is present on the other side at their step.
final class SetStream extends VectorStream {
    private final VectorStream operand;
    private final int[] signatureOf;
    private final boolean[][] present;
    private final boolean keepPresent;
    private final Execution execution;

    /// @param present     by signature of the other side and step; null where it has no such signature
    /// @param keepPresent whether samples with a partner are kept (else: those without)
    private SetStream(
            VectorStream operand, int[] signatureOf, boolean[][] present, boolean keepPresent, Execution execution) {
        super(operand.grid, operand.labels(), operand.marks());
        this.operand = operand;
        this.signatureOf = signatureOf;
        this.present = present;
        this.keepPresent = keepPresent;
        this.execution = execution;
    }

    static VectorStream open(Plan.VectorVector plan, VectorStream left, VectorStream right, Execution execution) {
        var signatures = new Signatures(plan.matching());
        int[] leftIds = signatures.number(left);
        int[] rightIds = signatures.number(right);
        if (plan.operator() != BinaryOperator.OR) {
            boolean[][] present = presence(right, rightIds, signatures.size(), execution);
            return new SetStream(left, leftIds, present, plan.operator() == BinaryOperator.AND, execution);
        }
        if (right.size() == 0) {
            return left;
        }
        if (left.size() == 0) {
            return right;
        }
        Materialized all = execution.materialize(left);
        boolean[][] present = presence(all, leftIds, signatures.size(), execution);
        return Duplicates.checkedByStep(
                concat(all, new SetStream(right, rightIds, present, false, execution)), execution);
    }

    private static boolean[][] presence(VectorStream side, int[] ids, int signatures, Execution execution) {
        boolean[][] present = new boolean[signatures][];
        int steps = side.steps;
        execution.loop().ordered(side, (series, column) -> {
            boolean[] row = present[ids[series]];
            if (row == null) {
                row = new boolean[steps];
                present[ids[series]] = row;
            }
            for (int k = 0; k < steps; k++) {
                row[k] |= column.isPresent(k);
            }
        });
        return present;
    }

    @Override
    boolean raises() {
        return operand.raises();
    }

    @Override
    void fill(int series, Column target, Worker worker) {
        boolean[] row = present[signatureOf[series]];
        boolean wanted = row != null || !keepPresent;
        if (wanted || !execution.maySkip(operand, series)) {
            operand.fill(series, target, worker);
        }
        if (!wanted) {
            target.clear();
            return;
        }
        if (row == null) {
            return;
        }
        HistogramColumn histograms = target.histograms;
        for (int k = 0; k < row.length; k++) {
            if (row[k] != keepPresent) {
                target.values[k] = Column.ABSENT;
                if (histograms != null) {
                    histograms.set(k, null);
                }
            }
        }
    }

    /// The series of both, one after the other.
    private static VectorStream concat(VectorStream first, VectorStream second) {
        int split = first.size();
        Labels[] labels = Arrays.copyOf(first.labels(), split + second.size());
        System.arraycopy(second.labels(), 0, labels, split, second.size());
        boolean[] marks = null;
        if (first.marks() != null || second.marks() != null) {
            marks = new boolean[labels.length];
            for (int i = 0; i < marks.length; i++) {
                marks[i] = i < split ? first.isMarked(i) : second.isMarked(i - split);
            }
        }
        return new VectorStream(first.grid, labels, marks) {
            @Override
            void fill(int series, Column target, Worker worker) {
                if (series < split) {
                    first.fill(series, target, worker);
                } else {
                    second.fill(series - split, target, worker);
                }
            }
        };
    }
}
