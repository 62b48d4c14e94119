package io.meridian.promql;

import io.meridian.model.FloatHistogram;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Compares native histograms with their recorded JSON.
final class GoldenHistogram {
    private GoldenHistogram() {}

    static @Nullable String compare(FloatHistogram actual, Map<String, @Nullable Object> expected) {
        if (!GoldenCheck.isNear(actual.count(), String.valueOf(expected.get("count")))) {
            return "count " + actual.count() + ", expected " + expected.get("count");
        }
        if (!GoldenCheck.isNear(actual.sum(), String.valueOf(expected.get("sum")))) {
            return "sum " + actual.sum() + ", expected " + expected.get("sum");
        }
        return null;
    }
}
