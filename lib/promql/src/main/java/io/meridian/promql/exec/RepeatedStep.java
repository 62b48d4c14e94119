package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.promql.plan.Grid;
import java.util.Arrays;

/// One step, seen at all steps of a grid.
final class RepeatedStep extends VectorStream {
    private final Materialized one;

    /// @param one of a single step
    RepeatedStep(Materialized one, Grid grid) {
        super(grid, one.labels(), one.marks());
        this.one = one;
    }

    @Override
    void fill(int series, Column target, Worker worker) {
        target.clear();
        Arrays.fill(target.values, one.values[series][0]);
        FloatHistogram histogram = one.histogram(series, 0);
        if (histogram != null) {
            HistogramColumn column = target.requireHistograms();
            column.set(0, histogram);
            for (int k = 1; k < target.steps(); k++) {
                column.repeat(k, 0);
            }
        }
    }
}
