package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import io.meridian.promql.plan.Plan;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// quantile(φ, v): all values of a group at a step, sorted.
final class GroupQuantiles {
    private GroupQuantiles() {}

    static Materialized run(Plan.Aggregate plan, VectorStream input, double[] quantiles, Execution execution) {
        Annotations annotations = execution.newAnnotations();
        GroupTable groups = GroupTable.of(input, plan.grouping(), plan.without());
        if (plan.parameter() != null) {
            warn(quantiles, annotations, plan.parameter().position());
        }
        Materialized all = execution.materialize(input);
        int steps = input.steps;
        int[][] members = groups.members();
        execution.reserve(8L * groups.size() * steps);
        double[][] results = new double[groups.size()][steps];
        var sawHistogram = new AtomicBoolean();
        execution.loop().each(steps, Math.max(1, input.size()), (k, worker) -> {
            double[] work = worker.scratch.doubles(input.size());
            for (int g = 0; g < members.length; g++) {
                int size = 0;
                int nans = 0;
                for (int series : members[g]) {
                    double value = all.values[series][k];
                    if (Column.isAbsent(value)) {
                        if (all.histogram(series, k) != null) {
                            sawHistogram.setPlain(true);
                        }
                    } else if (Double.isNaN(value)) {
                        nans++;
                    } else {
                        work[size++] = value;
                    }
                }
                if (size + nans == 0) {
                    results[g][k] = Column.ABSENT;
                    continue;
                }
                Arrays.sort(work, 0, size);
                results[g][k] = QuantileKernel.quantile(quantiles[k], work, nans, size);
            }
        });
        if (sawHistogram.get()) {
            annotations.info(
                    "ignored histogram in quantile aggregation", plan.operand().position());
        }
        return new Materialized(
                input.grid, groups.labels, groups.marks, results, new @Nullable HistogramColumn[results.length]);
    }

    /// One warning for the largest and one for the smallest quantile of all steps, where they are out of range.
    private static void warn(double[] quantiles, Annotations annotations, int position) {
        double max = Double.NEGATIVE_INFINITY;
        double min = Double.POSITIVE_INFINITY;
        boolean nan = false;
        for (double quantile : quantiles) {
            max = GoMath.max(max, quantile);
            min = GoMath.min(min, quantile);
            nan |= Double.isNaN(quantile);
        }
        if (max > 1) {
            warn(max, annotations, position);
        }
        if (min < 0) {
            warn(min, annotations, position);
        }
        if (nan) {
            warn(Double.NaN, annotations, position);
        }
    }

    private static void warn(double quantile, Annotations annotations, int position) {
        annotations.warn("quantile value should be between 0 and 1, got " + GoFormat.g(quantile), position);
    }
}
