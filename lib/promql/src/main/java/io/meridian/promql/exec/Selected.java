package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Some series of a vector, in another order.
final class Selected {
    private Selected() {}

    static Materialized of(Materialized all, List<Integer> kept) {
        int n = kept.size();
        var labels = new Labels[n];
        boolean[] marks = all.marks() == null ? null : new boolean[n];
        double[][] values = new double[n][];
        @Nullable HistogramColumn[] histograms = new @Nullable HistogramColumn[n];
        for (int i = 0; i < n; i++) {
            int source = kept.get(i);
            labels[i] = all.labels(source);
            values[i] = all.values[source];
            histograms[i] = all.histograms[source];
            if (marks != null) {
                marks[i] = all.isMarked(source);
            }
        }
        return new Materialized(all.grid, labels, marks, values, histograms);
    }
}
