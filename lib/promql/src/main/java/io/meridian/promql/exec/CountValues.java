package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.FloatHistogram;
import io.meridian.model.GoFloat;
import io.meridian.model.GoQuote;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import io.meridian.promql.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// count_values("label", v): how many series of a group have each value.
final class CountValues {
    private CountValues() {}

    static Materialized run(Plan.Aggregate plan, VectorStream input, Execution execution) {
        String label = plan.parameter() instanceof Plan.Text text ? text.value() : "";
        if (label.isEmpty() || !Names.isUtf8(label)) {
            throw new QueryException(Fault.EVALUATION, "invalid label name " + GoQuote.quote(label));
        }
        Labels[] keys = keys(plan, input, label);
        boolean keepsLabel = !plan.without() || !plan.grouping().contains(label);
        int steps = input.steps;
        Map<Labels, double[]> counts = new HashMap<>();
        List<Labels> order = new ArrayList<>();
        execution.loop().ordered(input, (series, column) -> {
            for (int k = 0; k < steps; k++) {
                if (!column.isPresent(k)) {
                    continue;
                }
                FloatHistogram histogram = column.histogram(k);
                String value = histogram == null ? GoFloat.fixed(column.values[k]) : histogram.toString();
                Labels labels = keepsLabel ? keys[series].with(label, value) : keys[series];
                double[] cells = counts.get(labels);
                if (cells == null) {
                    execution.reserve(8L * steps);
                    cells = new double[steps];
                    Arrays.fill(cells, Column.ABSENT);
                    counts.put(labels, cells);
                    order.add(labels);
                }
                cells[k] = Column.isAbsent(cells[k]) ? 1 : cells[k] + 1;
            }
        });
        double[][] values = new double[order.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = counts.getOrDefault(order.get(i), new double[0]);
        }
        @Nullable HistogramColumn[] none = new @Nullable HistogramColumn[values.length];
        return new Materialized(input.grid, order.toArray(new Labels[0]), null, values, none);
    }

    /// What each series is grouped by, but for the value.
    private static Labels[] keys(Plan.Aggregate plan, VectorStream input, String label) {
        Set<String> names = new HashSet<>(plan.grouping());
        if (plan.without()) {
            names.add(Labels.METRIC_NAME);
        } else {
            names.remove(label);
        }
        var keys = new Labels[input.size()];
        for (int i = 0; i < keys.length; i++) {
            Labels labels = input.labels(i);
            keys[i] = plan.without() ? labels.without(names) : labels.only(names);
        }
        return keys;
    }
}
