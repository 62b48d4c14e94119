package io.meridian.promql.oracle;

import io.meridian.model.FloatHistogram;
import org.jspecify.annotations.Nullable;

/// A sample of a window.
record Point(long timeMs, double value, @Nullable FloatHistogram histogram) {
    boolean isFloat() {
        return histogram == null;
    }
}
