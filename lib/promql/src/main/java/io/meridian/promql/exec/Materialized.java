package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.promql.plan.Grid;
import org.jspecify.annotations.Nullable;

/// An instant vector whose columns are all there.
final class Materialized extends VectorStream {
    final double[][] values;
    final @Nullable HistogramColumn[] histograms;

    Materialized(
            Grid grid,
            Labels[] labels,
            boolean @Nullable [] marks,
            double[][] values,
            @Nullable HistogramColumn[] histograms) {
        super(grid, labels, marks);
        this.values = values;
        this.histograms = histograms;
    }

    static Materialized empty(Grid grid) {
        return new Materialized(grid, new Labels[0], null, new double[0][], new @Nullable HistogramColumn[0]);
    }

    static Materialized single(Grid grid, Labels labels, double[] values) {
        return new Materialized(
                grid, new Labels[] {labels}, null, new double[][] {values}, new @Nullable HistogramColumn[1]);
    }

    @Override
    boolean raises() {
        return false;
    }

    @Override
    void fill(int series, Column target, Worker worker) {
        target.copyFrom(values[series], histograms[series]);
    }

    boolean isPresent(int series, int step) {
        return !Column.isAbsent(values[series][step]) || hasHistogram(series, step);
    }

    boolean hasHistogram(int series, int step) {
        HistogramColumn column = histograms[series];
        return column != null && column.isPresent(step);
    }

    @Nullable
    FloatHistogram histogram(int series, int step) {
        HistogramColumn column = histograms[series];
        return column == null ? null : column.get(step);
    }
}
