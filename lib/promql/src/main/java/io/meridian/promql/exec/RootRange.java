package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.HistogramColumn;
import io.meridian.model.QueryException;
import io.meridian.promql.ResultSeries;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.Plan.RangePlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A range vector as the answer of an instant query: the samples themselves.
final class RootRange {
    private RootRange() {}

    static List<ResultSeries> run(RangePlan plan, Grid grid, Compiler compiler) {
        RangeSource source = compiler.range(plan, grid);
        if (source instanceof RangeSource.Inner inner) {
            inner.keepResetHints();
        }
        @Nullable ResultSeries[] results = new @Nullable ResultSeries[source.labels.length];
        SampleCount.Counter counter = compiler.execution().samples().counter(plan, grid.steps());
        counter.expectSeries(results.length);
        compiler.execution().loop().each(results.length, 1_000, (series, worker) -> {
            source.load(series, grid, worker);
            Windows w = worker.windows;
            if (plan instanceof Plan.SelectRange) {
                counter.windows(series, w, worker);
            }
            int from = w.from[0];
            int to = w.to[0];
            if (from == to) {
                return;
            }
            long bytes = 16L * (to - from);
            compiler.execution().reserve(bytes);
            compiler.execution().keep(bytes);
            if (source.extension() != Extension.NONE) {
                results[series] = extended(source, series, w);
                return;
            }
            double[] values = Arrays.copyOfRange(w.values, from, to);
            HistogramColumn histograms = w.histograms == null ? null : w.histograms.copyOfRange(from, to);
            if (histograms != null) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = histograms.isPresent(i) ? Column.ABSENT : values[i];
                }
            }
            results[series] = new ResultSeries(
                    source.isMarked(series) ? Names.drop(source.labels[series]) : source.labels[series],
                    Arrays.copyOfRange(w.times, from, to),
                    values,
                    histograms);
        });
        List<ResultSeries> present = new ArrayList<>();
        for (ResultSeries result : results) {
            if (result != null) {
                present.add(result);
            }
        }
        return present;
    }

    /// Values at the borders, and what lies between.
    private static @Nullable ResultSeries extended(RangeSource source, int series, Windows w) {
        boolean smoothed = source.extension() == Extension.SMOOTHED;
        var borders = new ExtendedRange.Borders();
        if (w.histograms != null) {
            throw new QueryException(
                    Fault.EVALUATION,
                    (smoothed ? "smoothed" : "anchored") + " modifier is not supported with histograms");
        }
        if (!borders.find(w, 0, smoothed)) {
            return null;
        }
        int from = borders.innerFrom(w);
        int inner = Math.max(0, borders.innerLast(w) - from + 1);
        long[] times = new long[inner + 2];
        double[] values = new double[inner + 2];
        System.arraycopy(w.times, from, times, 1, inner);
        System.arraycopy(w.values, from, values, 1, inner);
        times[0] = borders.startMs;
        values[0] = ExtendedRange.left(w, borders, false);
        times[inner + 1] = borders.endMs;
        values[inner + 1] = ExtendedRange.right(w, borders, false);
        return new ResultSeries(source.labels[series], times, values, null);
    }
}
