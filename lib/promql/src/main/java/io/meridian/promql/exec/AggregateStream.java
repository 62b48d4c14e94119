package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
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
        GroupAccumulator accumulator = accumulator(operator, groups.size(), steps, annotations, plan);
        var sawHistogram = new AtomicBoolean();
        execution.loop().ordered(input, (series, column) -> {
            if (column.histograms != null) {
                sawHistogram.setPlain(true);
            }
            accumulator.add(groups.groupOf[series], column);
        });
        if (sawHistogram.get() && ignoresHistograms(operator)) {
            annotations.info(
                    "ignored histogram in " + operator.text() + " aggregation",
                    plan.operand().position());
        }
        return result(input, groups, accumulator);
    }

    static boolean ignoresHistograms(AggregateOperator operator) {
        return switch (operator) {
            case MIN, MAX, STDDEV, STDVAR -> true;
            default -> false;
        };
    }

    private static GroupAccumulator accumulator(
            AggregateOperator operator, int groups, int steps, Annotations annotations, Plan.Aggregate plan) {
        return switch (operator) {
            case SUM ->
                new GroupMixed(
                        new GroupSums(groups, steps),
                        false,
                        groups,
                        steps,
                        annotations,
                        plan.operand().position());
            case AVG ->
                new GroupMixed(
                        new GroupAverages(groups, steps),
                        true,
                        groups,
                        steps,
                        annotations,
                        plan.operand().position());
            default -> new GroupSimple(operator, groups, steps);
        };
    }

    private static Materialized result(VectorStream input, GroupTable groups, GroupAccumulator accumulator) {
        double[][] values = accumulator.values();
        @Nullable FloatHistogram[] @Nullable [] histograms = new @Nullable FloatHistogram[groups.size()] @Nullable [];
        for (int g = 0; g < histograms.length; g++) {
            histograms[g] = accumulator.histograms(g);
        }
        return new Materialized(input.grid, groups.labels, groups.marks, values, histograms);
    }
}
