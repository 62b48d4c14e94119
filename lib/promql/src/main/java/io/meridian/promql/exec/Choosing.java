package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.QueryException;
import io.meridian.promql.parse.AggregateOperator;
import io.meridian.promql.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// topk, bottomk, limitk and limit_ratio: some of the input's samples, with their labels.
final class Choosing {
    private final Materialized input;
    private final double[][] values;
    private final @Nullable FloatHistogram[] @Nullable [] histograms;
    private final AtomicBoolean sawHistogram = new AtomicBoolean();

    private Choosing(Materialized input) {
        this.input = input;
        values = new double[input.size()][input.steps];
        for (double[] column : values) {
            Arrays.fill(column, Column.ABSENT);
        }
        histograms = new @Nullable FloatHistogram[input.size()] @Nullable [];
        for (int i = 0; i < histograms.length; i++) {
            histograms[i] = input.histograms[i] == null ? null : new @Nullable FloatHistogram[input.steps];
        }
    }

    static Materialized run(Plan.Aggregate plan, VectorStream stream, double[] parameters, Execution execution) {
        Annotations annotations = execution.newAnnotations();
        AggregateOperator operator = plan.operator();
        boolean ratio = operator == AggregateOperator.LIMIT_RATIO;
        int parameterPosition =
                plan.parameter() == null ? plan.position() : plan.parameter().position();
        boolean any;
        try {
            any = ratio
                    ? ChoiceParameters.ratios(parameters, annotations, parameterPosition)
                    : ChoiceParameters.counts(parameters);
        } catch (QueryException e) {
            // What is wrong with the operand comes first.
            execution.drain(stream);
            throw e;
        }
        if (!any || stream.size() == 0) {
            execution.drain(stream);
            return Materialized.empty(stream.grid);
        }
        GroupTable groups = GroupTable.of(stream, plan.grouping(), plan.without());
        int[][] members = groups.members();
        boolean best = operator == AggregateOperator.TOPK || operator == AggregateOperator.BOTTOMK;
        if (best && stream.steps > 1 && groups.size() <= BestSoFar.HEAPS_MAX / stream.steps) {
            int groupSizeMax = 0;
            for (int[] group : members) {
                groupSizeMax = Math.max(groupSizeMax, group.length);
            }
            long held = BestSoFar.heldMax(groups.size(), groupSizeMax, parameters);
            if (held <= (long) stream.size() * stream.steps / 8) {
                execution.reserve(32 * held + 8L * stream.steps * groups.size());
                return running(plan, stream, groups, groupSizeMax, parameters, annotations, execution);
            }
        }
        execution.reserve(8L * stream.steps * stream.size());
        var choosing = new Choosing(execution.materialize(stream));
        double[] offsets = ratio ? RatioHash.of(stream.labels()) : new double[0];
        List<Integer> order = new ArrayList<>();
        boolean single = stream.steps == 1;
        execution.loop().each(stream.steps, Math.max(1, stream.size()), (k, worker) -> {
            int[] chosen = new int[stream.size()];
            for (int[] group : members) {
                int count = ratio
                        ? choosing.byRatio(k, group, offsets, parameters[k], chosen)
                        : choosing.choose(operator, k, group, parameters[k], chosen);
                for (int i = 0; i < count; i++) {
                    choosing.keep(chosen[i], k);
                    if (single) {
                        order.add(chosen[i]);
                    }
                }
            }
        });
        if (choosing.sawHistogram.get()) {
            annotations.info("ignored histogram in " + operator.text() + " aggregation", plan.position());
        }
        @Nullable HistogramColumn[] chosenHistograms = new @Nullable HistogramColumn[stream.size()];
        for (int i = 0; i < chosenHistograms.length; i++) {
            @Nullable FloatHistogram[] column = choosing.histograms[i];
            chosenHistograms[i] = column == null ? null : HistogramColumn.of(column);
        }
        var all = new Materialized(stream.grid, stream.labels(), stream.marks(), choosing.values, chosenHistograms);
        return single ? Selected.of(all, order) : all;
    }

    private static Materialized running(
            Plan.Aggregate plan,
            VectorStream stream,
            GroupTable groups,
            int groupSizeMax,
            double[] parameters,
            Annotations annotations,
            Execution execution) {
        boolean largest = plan.operator() == AggregateOperator.TOPK;
        var best = new BestSoFar(largest, groups.size(), groupSizeMax, parameters);
        execution.loop().ordered(stream, (series, column) -> best.add(series, groups.groupOf[series], column));
        if (best.sawHistogram()) {
            annotations.info("ignored histogram in " + plan.operator().text() + " aggregation", plan.position());
        }
        return best.result(stream);
    }

    private void keep(int series, int step) {
        values[series][step] = input.values[series][step];
        @Nullable FloatHistogram[] column = histograms[series];
        if (column != null) {
            column[step] = input.histogram(series, step);
        }
    }

    private int choose(AggregateOperator operator, int step, int[] group, double parameter, int[] chosen) {
        int k = (int) Math.min(group.length, Math.max(0, (long) parameter));
        if (k < 1) {
            return 0;
        }
        boolean limit = operator == AggregateOperator.LIMITK;
        var heap = new ValueHeap(chosen, operator != AggregateOperator.BOTTOMK);
        for (int series : group) {
            double value = input.values[series][step];
            if (Column.isAbsent(value)) {
                if (!input.hasHistogram(series, step)) {
                    continue;
                }
                if (!limit) {
                    sawHistogram.setPlain(true);
                    continue;
                }
                value = 0;
            }
            if (heap.size() < k) {
                heap.push(series, value);
            } else if (limit) {
                break;
            } else {
                heap.replaceRootIfBetter(series, value);
            }
        }
        if (!limit) {
            heap.sortBestFirst();
        }
        return heap.size();
    }

    private int byRatio(int step, int[] group, double[] offsets, double ratio, int[] chosen) {
        double r = Math.max(-1, Math.min(1, ratio));
        var heap = new ValueHeap(chosen, true);
        for (int series : group) {
            if (input.isPresent(series, step) && (r >= 0 ? offsets[series] < r : offsets[series] >= 1 + r)) {
                double value = input.values[series][step];
                heap.push(series, Column.isAbsent(value) ? 0 : value);
            }
        }
        return heap.size();
    }
}
