package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Series;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.Plan.Facet;
import io.meridian.promql.plan.RangeFunction;
import io.meridian.promql.plan.SelectorPlan;
import org.jspecify.annotations.Nullable;

/// An instant selector.
final class SelectStream extends VectorStream {
    private final SelectorPlan selector;
    private final Facet facet;
    private final Series[] series;
    private final RangeAnnotations annotations;
    private final SampleCount.@Nullable Counter windows;
    private final boolean @Nullable [] withoutPartner;

    private SelectStream(
            Grid grid,
            Labels[] labels,
            boolean @Nullable [] marks,
            SelectorPlan selector,
            Facet facet,
            Series[] series,
            RangeAnnotations annotations,
            SampleCount.@Nullable Counter windows,
            boolean @Nullable [] withoutPartner) {
        super(grid, labels, marks);
        this.windows = windows;
        this.withoutPartner = withoutPartner;
        this.selector = selector;
        this.facet = facet;
        this.series = series;
        this.annotations = annotations;
    }

    static VectorStream open(Plan.Select plan, Grid grid, Execution execution) {
        SampleCount.Counter windows = null;
        if (SampleCount.leavesWindows(plan)) {
            windows = execution.samples().counter(plan, grid.steps());
        }
        return open(plan.selector(), plan.facet(), grid, execution, windows);
    }

    /// @param windows where to count what smoothing looks at; null if that is not counted
    static VectorStream open(
            SelectorPlan selector, Facet facet, Grid grid, Execution execution, SampleCount.@Nullable Counter windows) {
        if (facet == Facet.START_TIMESTAMP && !execution.usesStartTimes()) {
            return Materialized.empty(grid);
        }
        Series[] series = execution.select(selector);
        Labels[] named = labelsOf(series);
        Labels[] labels = named;
        boolean[] marks = null;
        if (facet != Facet.SAMPLE) {
            labels = Names.dropped(labels, execution.delaysNameRemoval());
            marks = Names.marked(labels.length, execution.delaysNameRemoval());
        }
        var annotations = new RangeAnnotations(
                execution.newAnnotations(), RangeFunction.LAST_OVER_TIME, named, selector.position(), false);
        if (windows != null) {
            windows.expectSeries(series.length);
        }
        boolean @Nullable [] withoutPartner = WithoutPartner.find(series, selector, grid.steps(), execution.samples());
        return new SelectStream(grid, labels, marks, selector, facet, series, annotations, windows, withoutPartner);
    }

    static Labels[] labelsOf(Series[] series) {
        var labels = new Labels[series.length];
        for (int i = 0; i < series.length; i++) {
            labels[i] = series[i].labels();
        }
        return labels;
    }

    @Override
    boolean raises() {
        return selector.extension() == Extension.SMOOTHED;
    }

    @Override
    boolean isFloat(int index) {
        return WithoutPartner.hasFloatsOnly(series[index]);
    }

    @Override
    void fill(int index, Column target, Worker worker) {
        target.clear();
        if (withoutPartner != null && withoutPartner[index]) {
            return;
        }
        SampleBuffer buffer = worker.buffer;
        SelectedSeries.read(series[index], selector, worker);
        long lookback = selector.lookbackMs();
        if (facet != Facet.SAMPLE) {
            InstantKernel.times(buffer, grid, selector.offsetMs(), lookback, facet, target.values);
        } else if (selector.extension() == Extension.SMOOTHED) {
            worker.windows.slide(buffer, grid, selector.offsetMs(), lookback, false, 0, lookback);
            if (windows != null) {
                windows.windowsLeft(index, worker.windows, worker);
            }
            InstantKernel.smoothed(worker.windows, index, annotations, worker.histograms, target);
            return;
        } else {
            InstantKernel.samples(buffer, grid, selector.offsetMs(), lookback, worker.windows.ramp, target);
        }
    }
}
