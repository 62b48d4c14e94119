package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.histogram.HistogramMoments;
import io.meridian.promql.plan.ElementFunction;

/// Functions of one native histogram each; floats are dropped.
final class HistogramElements {
    private HistogramElements() {}

    static void apply(ElementFunction function, Column target) {
        HistogramColumn histograms = target.histograms;
        double[] values = target.values;
        for (int k = 0; k < values.length; k++) {
            FloatHistogram histogram = histograms == null ? null : histograms.get(k);
            values[k] = histogram == null ? Column.ABSENT : value(function, histogram);
        }
        target.dropHistograms();
    }

    private static double value(ElementFunction function, FloatHistogram histogram) {
        return switch (function) {
            case HISTOGRAM_COUNT -> histogram.count();
            case HISTOGRAM_SUM -> histogram.sum();
            case HISTOGRAM_AVG -> histogram.sum() / histogram.count();
            case HISTOGRAM_STDVAR -> HistogramMoments.variance(histogram);
            case HISTOGRAM_STDDEV -> HistogramMoments.standardDeviation(histogram);
            default -> throw new IllegalArgumentException("not a function of histograms: " + function);
        };
    }
}
