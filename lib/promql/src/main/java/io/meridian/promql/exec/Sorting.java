package io.meridian.promql.exec;

import io.meridian.promql.plan.Plan;
import java.util.ArrayList;
import java.util.List;

/// sort, sort_desc, sort_by_label and sort_by_label_desc: the order of an instant vector.
final class Sorting {
    private Sorting() {}

    private static boolean isRange(VectorStream operand) {
        return operand.grid.startMs() != operand.grid.endMs();
    }

    private static void warn(Annotations annotations, int position) {
        annotations.warn("sort is ineffective for range queries since results are always ordered by labels", position);
    }

    static VectorStream byValue(Plan.SortByValue plan, VectorStream operand, Execution execution) {
        Annotations annotations = execution.newAnnotations();
        Materialized all = execution.materialize(operand);
        java.util.Arrays.fill(all.histograms, null);
        if (isRange(operand)) {
            warn(annotations, plan.position());
            return all;
        }
        int[] items = new int[all.size()];
        int count = 0;
        for (int i = 0; i < items.length; i++) {
            if (all.isPresent(i, 0)) {
                items[count++] = i;
            }
        }
        boolean descending = plan.descending();
        // Sorted backwards with NaN as the least, so that NaN comes last.
        GoSort.sort(items, count, (a, b) -> {
            double first = all.values[b][0];
            double second = all.values[a][0];
            return Double.isNaN(first) || (descending ? first < second : first > second);
        });
        return select(all, items, count);
    }

    private static Materialized select(Materialized all, int[] items, int count) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            order.add(items[i]);
        }
        return Selected.of(all, order);
    }

    static VectorStream byLabels(Plan.SortByLabels plan, VectorStream operand, Execution execution) {
        Annotations annotations = execution.newAnnotations();
        if (isRange(operand)) {
            warn(annotations, plan.position());
            return operand;
        }
        Materialized all = execution.materialize(operand);
        int[] items = new int[all.size()];
        for (int i = 0; i < items.length; i++) {
            items[i] = i;
        }
        // Compared as Prometheus does, and sorted by the same algorithm, as the order is not consistent.
        GoSort.sort(items, items.length, (a, b) -> {
            for (String name : plan.names()) {
                String left = all.labels(a).get(name);
                String right = all.labels(b).get(name);
                if (!left.equals(right)) {
                    return NaturalOrder.less(left, right) != plan.descending();
                }
            }
            int order = all.labels(a).compareTo(all.labels(b));
            return plan.descending() ? order > 0 : order < 0;
        });
        return select(all, items, items.length);
    }
}
