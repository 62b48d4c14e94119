package io.meridian.promql;

import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramBuckets;
import java.util.List;
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
        List<@Nullable Object> buckets =
                expected.get("buckets") == null ? List.of() : GoldenData.castList(expected.get("buckets"));
        HistogramBuckets list = HistogramBuckets.of(actual);
        int at = 0;
        for (int i = 0; i < list.size(); i++) {
            if (list.count(i) == 0) {
                continue;
            }
            if (at == buckets.size()) {
                return "more than " + at + " buckets";
            }
            List<@Nullable Object> bucket = GoldenData.castList(buckets.get(at++));
            if (!GoldenCheck.isNear(list.lower(i), String.valueOf(bucket.get(1)))
                    || !GoldenCheck.isNear(list.upper(i), String.valueOf(bucket.get(2)))
                    || !GoldenCheck.isNear(list.count(i), String.valueOf(bucket.get(3)))) {
                return "bucket " + list.lower(i) + ".." + list.upper(i) + ": " + list.count(i) + ", expected " + bucket;
            }
        }
        return at == buckets.size() ? null : at + " buckets, expected " + buckets.size();
    }
}
