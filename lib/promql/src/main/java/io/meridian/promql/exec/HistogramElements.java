package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.histogram.HistogramMoments;
import io.meridian.promql.plan.ElementFunction;
import org.jspecify.annotations.Nullable;

/// Functions of one native histogram each; floats are dropped.
final class HistogramElements {
    private HistogramElements() {}

    static void apply(ElementFunction function, Column target) {
        HistogramColumn histograms = target.histograms;
        double[] values = target.values;
        for (int k = 0; k < values.length; k++) {
            values[k] = histograms == null || !histograms.isPresent(k) ? Column.ABSENT : value(function, histograms, k);
        }
        target.dropHistograms();
    }

    private static double value(ElementFunction function, HistogramColumn column, int index) {
        return switch (function) {
            case HISTOGRAM_COUNT -> column.count(index);
            case HISTOGRAM_SUM -> column.sum(index);
            case HISTOGRAM_AVG -> column.sum(index) / column.count(index);
            case HISTOGRAM_STDVAR, HISTOGRAM_STDDEV -> spread(function, column.get(index));
            default -> throw new IllegalArgumentException("not a function of histograms: " + function);
        };
    }

    private static double spread(ElementFunction function, @Nullable FloatHistogram histogram) {
        if (histogram == null) {
            return Column.ABSENT;
        }
        return function == ElementFunction.HISTOGRAM_STDVAR
                ? HistogramMoments.variance(histogram)
                : HistogramMoments.standardDeviation(histogram);
    }
}
