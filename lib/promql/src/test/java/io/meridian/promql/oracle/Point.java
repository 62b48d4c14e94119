package io.meridian.promql.oracle;

import io.meridian.model.FloatHistogram;
import org.jspecify.annotations.Nullable;

/// A sample of a window.
///
/// @param startMs start timestamp, 0 for unknown
record Point(
        long startMs, long timeMs, double value, @Nullable FloatHistogram histogram) {
    boolean isFloat() {
        return histogram == null;
    }

    /// Whether the start timestamps say that this sample begins anew after another one.
    boolean restartsAfter(Point before) {
        return startMs != 0
                && startMs < timeMs
                && (startMs > before.timeMs
                        || startMs == before.timeMs && before.startMs != 0 && before.startMs < before.timeMs);
    }
}
