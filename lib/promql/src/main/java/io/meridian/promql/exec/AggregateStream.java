package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import io.meridian.promql.parse.AggregateOperator;
import io.meridian.promql.plan.Plan;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Aggregations that take their input column by column and never hold it.
final class AggregateStream {
    private AggregateStream() {}

    static Materialized run(Plan.Aggregate plan, VectorStream input, Execution execution) {
        GroupTable groups = GroupTable.of(input, plan.grouping(), plan.without());
        int steps = input.steps;
        execution.reserve(24L * groups.size() * steps);
        Annotations annotations = execution.newAnnotations();
        AggregateOperator operator = plan.operator();
        GroupAccumulator accumulator = accumulator(groups.size(), input, annotations, plan, execution);
        boolean ignoring = ignoresHistograms(operator);
        var sawHistogram = new AtomicBoolean();
        execution.loop().ordered(input, (series, column) -> {
            if (ignoring && !sawHistogram.getPlain() && hasHistogram(column)) {
                sawHistogram.setPlain(true);
            }
            accumulator.add(series, groups.groupOf[series], column);
        });
        if (sawHistogram.get()) {
            annotations.info(
                    "ignored histogram in " + operator.text() + " aggregation",
                    plan.operand().position());
        }
        return result(input, groups, accumulator);
    }

    /// A column may have room for histograms where the series had some before others were chosen.
    static boolean hasHistogram(Column column) {
        HistogramColumn histograms = column.histograms;
        return histograms != null && !histograms.isEmpty(column.steps());
    }

    static boolean ignoresHistograms(AggregateOperator operator) {
        return switch (operator) {
            case MIN, MAX, STDDEV, STDVAR -> true;
            default -> false;
        };
    }

    private static GroupAccumulator accumulator(
            int groups, VectorStream input, Annotations annotations, Plan.Aggregate plan, Execution execution) {
        int steps = input.steps;
        int position = plan.operand().position();
        return switch (plan.operator()) {
            case SUM -> {
                var floats = new GroupSums(execution.rows(groups, steps), execution.rows());
                yield new GroupMixed(
                        floats, false, groups, steps, input.labels(), annotations, position, execution::reserve);
            }
            case AVG -> {
                var floats = new GroupAverages(execution.rows(groups, steps), steps, execution.rows());
                yield new GroupMixed(
                        floats, true, groups, steps, input.labels(), annotations, position, execution::reserve);
            }
            default -> new GroupSimple(plan.operator(), execution.rows(groups, steps), steps);
        };
    }

    private static Materialized result(VectorStream input, GroupTable groups, GroupAccumulator accumulator) {
        double[][] values = accumulator.values();
        @Nullable HistogramColumn[] histograms = new @Nullable HistogramColumn[groups.size()];
        for (int g = 0; g < histograms.length; g++) {
            histograms[g] = accumulator.histograms(g);
        }
        return new Materialized(input.grid, groups.labels, groups.marks, values, histograms);
    }
}
