package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.promql.ResultSeries;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan.RangePlan;
import io.meridian.promql.plan.Plan.ScalarPlan;
import io.meridian.promql.plan.Plan.VectorPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Carries out a whole plan.
public final class Evaluation {
    private final Execution execution;
    private final Compiler compiler;

    public Evaluation(Execution execution) {
        this.execution = execution;
        compiler = new Compiler(execution);
    }

    /// The scalar's value by step.
    public double[] scalar(ScalarPlan plan, Grid grid) {
        return compiler.scalar(plan, grid);
    }

    /// A range vector at one time, sorted by labels.
    public List<ResultSeries> range(RangePlan plan, Grid grid) {
        List<ResultSeries> series = RootRange.run(plan, grid, compiler);
        series.sort(Comparator.comparing(ResultSeries::labels));
        return series;
    }

    /// The series that have a point, names dropped where that was put off.
    ///
    /// @param sorted whether they are sorted by labels
    public List<ResultSeries> vector(VectorPlan plan, Grid grid, boolean sorted) {
        VectorStream stream = compiler.vector(plan, grid);
        if (stream.marks() != null) {
            stream = Duplicates.joined(named(stream), execution);
        }
        Materialized all = execution.materialize(stream);
        long[] times = new long[grid.steps()];
        for (int k = 0; k < times.length; k++) {
            times[k] = grid.timeMs(k);
        }
        List<ResultSeries> series = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            HistogramColumn histograms = all.histograms[i];
            execution.keep(Execution.columnBytes(all.values[i].length, histograms));
            if (!Column.isEmpty(all.values[i], histograms)) {
                series.add(new ResultSeries(all.labels(i), times, all.values[i], histograms));
            }
        }
        execution.keepRows(stream instanceof Materialized ? Integer.MAX_VALUE : all.size());
        if (sorted) {
            series.sort(Comparator.comparing(ResultSeries::labels));
        }
        return series;
    }

    private static VectorStream named(VectorStream stream) {
        var labels = new Labels[stream.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = stream.isMarked(i) ? Names.drop(stream.labels(i)) : stream.labels(i);
        }
        return new VectorStream(stream.grid, labels, null) {
            @Override
            void fill(int series, Column target, Worker worker) {
                stream.fill(series, target, worker);
            }
        };
    }
}
