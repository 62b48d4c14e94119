package io.meridian.promql.oracle;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Labels;
import org.jspecify.annotations.Nullable;

/// A sample of an instant vector.
record Element(Labels labels, double value, @Nullable FloatHistogram histogram) {
    static Element of(Labels labels, double value) {
        return new Element(labels, value, null);
    }

    boolean isFloat() {
        return histogram == null;
    }

    Element with(double newValue) {
        return new Element(labels, newValue, null);
    }

    Element with(FloatHistogram newHistogram) {
        return new Element(labels, 0, newHistogram);
    }

    Element with(Labels newLabels) {
        return new Element(newLabels, value, histogram);
    }

    Element unnamed() {
        return with(labels.without(Labels.METRIC_NAME));
    }
}
