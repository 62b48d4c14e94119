package io.meridian.promql.script;

import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramArithmetic;

/// The next histogram of a repetition `{{…}}+{{…}}xN`.
final class HistogramSteps {
    private HistogramSteps() {}

    static FloatHistogram next(FloatHistogram histogram, FloatHistogram step, boolean negative) {
        if (!HistogramArithmetic.areCompatible(histogram, step)) {
            throw new IllegalArgumentException(
                    "error combining histograms: one has exponential buckets, the other custom ones");
        }
        if (step.schema() < histogram.schema() && !step.hasCustomBounds()) {
            throw new IllegalArgumentException("error combining histograms: cannot merge from schema %d to %d"
                    .formatted(step.schema(), histogram.schema()));
        }
        return (negative ? HistogramArithmetic.subtract(histogram, step) : HistogramArithmetic.add(histogram, step))
                .histogram();
    }
}
