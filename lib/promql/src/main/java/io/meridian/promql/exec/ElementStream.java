package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.promql.plan.ElementFunction;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A function of each sample by itself: its input's column, changed in place.
final class ElementStream extends VectorStream {
    private static final Set<String> NAME_ONLY = Set.of(Labels.METRIC_NAME);

    private final ElementFunction function;
    private final VectorStream operand;
    private final double[][] parameters;

    private ElementStream(
            ElementFunction function,
            VectorStream operand,
            double[][] parameters,
            Labels[] labels,
            boolean @Nullable [] marks) {
        super(operand.grid, labels, marks);
        this.function = function;
        this.operand = operand;
        this.parameters = parameters;
    }

    static VectorStream open(
            ElementFunction function, VectorStream operand, double[][] parameters, Execution execution) {
        boolean delayed = execution.delaysNameRemoval();
        Labels[] labels = Names.dropped(operand.labels(), delayed);
        if (function.ofHistograms() && !delayed) {
            labels = operand.labels().clone();
            for (int i = 0; i < labels.length; i++) {
                labels[i] = labels[i].without(NAME_ONLY);
            }
        }
        var stream = new ElementStream(function, operand, parameters, labels, Names.marked(labels.length, delayed));
        return Duplicates.checkedByStep(stream, execution);
    }

    /// `-v`: also of histograms, and series that come out alike are joined.
    static VectorStream negate(VectorStream operand, Execution execution) {
        boolean delayed = execution.delaysNameRemoval();
        Labels[] labels = Names.dropped(operand.labels(), delayed);
        boolean[] marks = Names.marked(labels.length, delayed);
        var stream = new VectorStream(operand.grid, labels, marks) {
            @Override
            void fill(int series, Column target, Worker worker) {
                operand.fill(series, target, worker);
                double[] v = target.values;
                for (int k = 0; k < v.length; k++) {
                    v[k] = Column.isAbsent(v[k]) ? v[k] : -v[k];
                }
                HistogramColumn histograms = target.histograms;
                if (histograms != null) {
                    for (int k = 0; k < v.length; k++) {
                        FloatHistogram histogram = histograms.get(k);
                        histograms.set(k, histogram == null ? null : worker.histograms.negate(histogram));
                    }
                }
            }
        };
        return Duplicates.joined(stream, execution);
    }

    @Override
    boolean raises() {
        return operand.raises();
    }

    @Override
    boolean isFloat(int series) {
        return operand.isFloat(series);
    }

    @Override
    void fill(int series, Column target, Worker worker) {
        operand.fill(series, target, worker);
        if (function.ofHistograms()) {
            HistogramElements.apply(function, target);
            return;
        }
        if (function == ElementFunction.TIMESTAMP && target.histograms != null) {
            for (int k = 0; k < steps; k++) {
                if (target.histograms.isPresent(k)) {
                    target.values[k] = 0;
                }
            }
        }
        target.dropHistograms();
        ElementKernel.apply(function, target.values, parameters, grid);
    }

    static double[][] parameters(List<double[]> values) {
        return values.toArray(new double[0][]);
    }
}
