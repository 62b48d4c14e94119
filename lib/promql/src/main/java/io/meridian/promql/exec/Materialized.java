package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Labels;
import io.meridian.promql.plan.Grid;
import org.jspecify.annotations.Nullable;

/// An instant vector whose columns are all there.
final class Materialized extends VectorStream {
    final double[][] values;
    final @Nullable FloatHistogram[] @Nullable [] histograms;

    Materialized(
            Grid grid,
            Labels[] labels,
            boolean @Nullable [] marks,
            double[][] values,
            @Nullable FloatHistogram[] @Nullable [] histograms) {
        super(grid, labels, marks);
        this.values = values;
        this.histograms = histograms;
    }

    static Materialized empty(Grid grid) {
        return new Materialized(
                grid, new Labels[0], null, new double[0][], new @Nullable FloatHistogram[0] @Nullable []);
    }

    static Materialized single(Grid grid, Labels labels, double[] values) {
        return new Materialized(
                grid,
                new Labels[] {labels},
                null,
                new double[][] {values},
                new @Nullable FloatHistogram[1] @Nullable []);
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
        return !Column.isAbsent(values[series][step]) || histogram(series, step) != null;
    }

    @Nullable
    FloatHistogram histogram(int series, int step) {
        @Nullable FloatHistogram[] column = histograms[series];
        return column == null ? null : column[step];
    }
}
