package io.meridian.promql;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Spans;
import io.meridian.testkit.Shared;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads the datasets of `golden/query`.
final class GoldenData {
    private GoldenData() {}

    static DecodedSource load(Path file) {
        var source = new DecodedSource();
        for (Map<String, @Nullable Object> row : Shared.jsonLines(file)) {
            Labels.Builder labels = Labels.empty().toBuilder();
            object(row, "labels").forEach((name, value) -> labels.set(name, String.valueOf(value)));
            SampleBuffer samples = source.samples(labels.build());
            for (Object point : list(row, "points")) {
                List<?> pair = (List<?>) Objects.requireNonNull(point);
                long time = ((Number) Objects.requireNonNull(pair.get(0))).longValue();
                if (pair.get(1) instanceof String hex) {
                    samples.append(time, bits(hex));
                } else {
                    samples.append(time, histogram(cast(pair.get(1))));
                }
            }
        }
        return source;
    }

    private static double bits(Object hex) {
        return Double.longBitsToDouble(Long.parseUnsignedLong(String.valueOf(hex), 16));
    }

    private static FloatHistogram histogram(Map<String, @Nullable Object> json) {
        boolean integer = "int".equals(json.get("kind"));
        return new FloatHistogram(
                CounterResetHint.valueOf(String.valueOf(json.get("reset")).toUpperCase(Locale.ROOT)),
                ((Number) Objects.requireNonNull(json.get("schema"))).intValue(),
                json.containsKey("zero_threshold") ? bits(json.get("zero_threshold")) : 0,
                count(json.get("zero_count"), integer),
                count(json.get("count"), integer),
                bits(json.get("sum")),
                spans(json.get("positive_spans")),
                buckets(json.get("positive"), integer),
                spans(json.get("negative_spans")),
                buckets(json.get("negative"), integer),
                bounds(json.get("custom_values")));
    }

    private static double count(@Nullable Object value, boolean integer) {
        return value == null ? 0 : integer ? ((Number) value).doubleValue() : bits(value);
    }

    private static Spans spans(@Nullable Object json) {
        if (json == null) {
            return Spans.NONE;
        }
        List<?> list = (List<?>) json;
        int[] pairs = new int[2 * list.size()];
        for (int i = 0; i < list.size(); i++) {
            List<?> span = (List<?>) Objects.requireNonNull(list.get(i));
            pairs[2 * i] = ((Number) Objects.requireNonNull(span.get(0))).intValue();
            pairs[2 * i + 1] = ((Number) Objects.requireNonNull(span.get(1))).intValue();
        }
        return Spans.of(pairs);
    }

    private static double[] buckets(@Nullable Object json, boolean integer) {
        return json == null
                ? new double[0]
                : ((List<?>) json)
                        .stream().mapToDouble(value -> count(value, integer)).toArray();
    }

    private static double[] bounds(@Nullable Object json) {
        return json == null
                ? new double[0]
                : ((List<?>) json)
                        .stream()
                                .mapToDouble(value -> bits(Objects.requireNonNull(value)))
                                .toArray();
    }

    private static Map<String, @Nullable Object> object(Map<String, @Nullable Object> row, String key) {
        return cast(row.get(key));
    }

    private static List<@Nullable Object> list(Map<String, @Nullable Object> row, String key) {
        return castList(row.get(key));
    }

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> cast(@Nullable Object json) {
        return (Map<String, @Nullable Object>) Objects.requireNonNull(json);
    }

    @SuppressWarnings("unchecked")
    static List<@Nullable Object> castList(@Nullable Object json) {
        return (List<@Nullable Object>) Objects.requireNonNull(json);
    }
}
