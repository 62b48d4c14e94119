package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.promql.ResultSeries;
import io.meridian.promql.plan.Grid;
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
        @Nullable ResultSeries[] results = new @Nullable ResultSeries[source.labels.length];
        compiler.execution().loop().each(results.length, 1_000, (series, worker) -> {
            source.load(series, grid, worker);
            Windows w = worker.windows;
            int from = w.from[0];
            int to = w.to[0];
            if (from == to) {
                return;
            }
            double[] values = Arrays.copyOfRange(w.values, from, to);
            @Nullable
            FloatHistogram[] histograms = w.histograms == null ? null : Arrays.copyOfRange(w.histograms, from, to);
            if (histograms != null) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = histograms[i] == null ? values[i] : Column.ABSENT;
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
}
