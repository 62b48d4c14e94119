package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.promql.Feature;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.RangeFunction;
import org.jspecify.annotations.Nullable;

/// A function over a range vector: one pass over a series' samples with sliding windows gives its column.
final class RangeStream extends VectorStream {
    private final RangeFunction function;
    private final RangeSource source;
    private final double[][] parameters;
    private final RangeAnnotations annotations;
    private final boolean usesStartTimes;
    private final SampleCount.Counter counter;
    private final boolean @Nullable [] withoutPartner;

    private RangeStream(
            Grid grid,
            Labels[] labels,
            boolean @Nullable [] marks,
            RangeFunction function,
            RangeSource source,
            double[][] parameters,
            RangeAnnotations annotations,
            boolean usesStartTimes,
            SampleCount.Counter counter,
            boolean @Nullable [] withoutPartner) {
        super(grid, labels, marks);
        this.function = function;
        this.source = source;
        this.parameters = parameters;
        this.annotations = annotations;
        this.usesStartTimes = usesStartTimes;
        this.counter = counter;
        this.withoutPartner = withoutPartner;
    }

    static RangeStream open(
            Plan.OverRange plan, RangeSource source, double[][] parameters, Grid grid, Execution execution) {
        RangeFunction function = plan.function();
        boolean delayed = execution.delaysNameRemoval();
        Labels[] labels = function.keepsName() ? source.labels : Names.dropped(source.labels, delayed);
        boolean[] marks = function.keepsName() ? source.marks : Names.marked(labels.length, delayed);
        var annotations = new RangeAnnotations(
                execution.newAnnotations(),
                function,
                source.labels,
                plan.annotationPosition(),
                execution.has(Feature.TYPE_AND_UNIT_LABELS));
        boolean usesStartTimes = execution.usesStartTimes() && source instanceof RangeSource.Selected;
        SampleCount.Counter counter = execution.samples().counter(plan.operand(), grid.steps());
        counter.expectSeries(labels.length);
        boolean @Nullable [] withoutPartner = source instanceof RangeSource.Selected selected
                ? selected.withoutPartner(grid.steps(), execution.samples())
                : null;
        return new RangeStream(
                grid,
                labels,
                marks,
                function,
                source,
                parameters,
                annotations,
                usesStartTimes,
                counter,
                withoutPartner);
    }

    @Override
    void fill(int series, Column target, Worker worker) {
        target.clear();
        if (withoutPartner != null && withoutPartner[series]) {
            return;
        }
        source.load(series, grid, worker);
        Windows windows = worker.windows;
        if (windows.size == 0 || windows.steps == 0) {
            return;
        }
        if (source.extension() != Extension.NONE) {
            ExtendedRange.fill(
                    function,
                    source.extension() == Extension.SMOOTHED,
                    windows,
                    usesStartTimes,
                    series,
                    annotations,
                    worker.histograms,
                    target);
        } else if (windows.histograms != null) {
            worker.mixedRange.fill(function, windows, parameters, usesStartTimes, series, annotations, worker, target);
        } else {
            floats(series, windows, worker.scratch, target.values);
        }
        if (function == RangeFunction.RATE || function == RangeFunction.INCREASE) {
            annotations.resultOf(series, target.values);
        }
        counter.windows(series, windows, target, worker);
    }

    private void floats(int series, Windows w, Scratch scratch, double[] out) {
        switch (function) {
            case RATE, INCREASE -> {
                boolean perSecond = function == RangeFunction.RATE;
                if (usesStartTimes && w.startTimes != null) {
                    var overlaps = new RateKernel.OverlapCount(null);
                    RateKernel.withStartTimes(w, w.startTimes, perSecond, out, overlaps);
                    annotations.overlaps(series, overlaps.count);
                } else {
                    RateKernel.extrapolated(w, true, perSecond, scratch, out);
                }
            }
            default -> {
                annotations.checkParameters(w, parameters);
                FloatRange.fill(function, w, parameters, usesStartTimes, scratch, out);
            }
        }
    }
}
