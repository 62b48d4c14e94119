package io.meridian.promql;

import io.meridian.model.Fault;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SeriesSource;
import io.meridian.model.json.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Asks the engine one recorded query and compares its answer with the recorded one.
final class GoldenCheck {
    private static final double TOLERANCE = 1e-12;

    private final Engine plain = new Engine(EngineOptions.DEFAULT.withThreads(1));
    private final Engine full =
            new Engine(EngineOptions.DEFAULT.withThreads(1).withFeatures(EnumSet.allOf(Feature.class)));

    /// Whether the row asks the engine something; the others are for the HTTP layer.
    static boolean isQuery(Map<String, @Nullable Object> row) {
        String path = String.valueOf(row.get("path"));
        String flags = String.valueOf(row.get("flags"));
        return (path.endsWith("/query") || path.endsWith("/query_range"))
                && (flags.equals("default") || flags.equals("all"))
                && row.get("unstable") == null
                && String.valueOf(row.get("body")).startsWith("{");
    }

    /// Null if the answers are the same, else where they differ.
    @Nullable
    String check(Map<String, @Nullable Object> row, SeriesSource source) {
        Map<String, String> parameters = new HashMap<>();
        for (Object one : GoldenData.castList(row.get("params"))) {
            List<?> pair = (List<?>) Objects.requireNonNull(one);
            parameters.put(String.valueOf(pair.get(0)), String.valueOf(pair.get(1)));
        }
        Map<String, @Nullable Object> body = Json.parseObject(String.valueOf(row.get("body")));
        Engine engine = "all".equals(row.get("flags")) ? full : plain;
        QueryResult result;
        try {
            result = engine.query(request(row, parameters), source, QueryContext.unlimited());
        } catch (QueryException e) {
            return failure(e, body);
        } catch (RuntimeException e) {
            var trace = e.getStackTrace();
            return "threw " + e + " at " + (trace.length > 0 ? trace[0] : "?");
        }
        if (!"success".equals(body.get("status"))) {
            return "succeeded, expected error: " + body.get("error");
        }
        String difference = data(result, GoldenData.cast(body.get("data")));
        if (difference == null) {
            difference = notes("warnings", result.warnings(), body);
        }
        return difference != null ? difference : notes("infos", result.infos(), body);
    }

    static QueryRequest request(Map<String, @Nullable Object> row, Map<String, String> parameters) {
        String query = parameters.getOrDefault("query", "");
        if (String.valueOf(row.get("path")).endsWith("query_range")) {
            return QueryRequest.range(
                    query,
                    time(parameters.getOrDefault("start", "0")),
                    time(parameters.getOrDefault("end", "0")),
                    time(parameters.getOrDefault("step", "1")));
        }
        return QueryRequest.instant(query, time(parameters.getOrDefault("time", "0")));
    }

    private static long time(String seconds) {
        return new BigDecimal(seconds)
                .movePointRight(3)
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    private static @Nullable String failure(QueryException e, Map<String, @Nullable Object> body) {
        String type = e.fault() == Fault.BAD_QUERY ? "bad_data" : "execution";
        String prefix = e.fault() == Fault.BAD_QUERY ? "invalid parameter \"query\": " : "";
        String actual = type + ": " + prefix + e.getMessage();
        String expected = body.get("errorType") + ": " + body.get("error");
        return actual.equals(expected) ? null : "error: " + actual + "\n      expected: " + expected;
    }

    private static @Nullable String notes(String kind, List<String> actual, Map<String, @Nullable Object> body) {
        Set<String> expected = new HashSet<>();
        if (body.get(kind) != null) {
            GoldenData.castList(body.get(kind)).forEach(text -> expected.add(String.valueOf(text)));
        }
        if (expected.size() > 10 ? actual.size() <= 10 : !expected.equals(new HashSet<>(actual))) {
            return kind + ": " + actual + "\n      expected: " + expected;
        }
        return null;
    }

    private static @Nullable String data(QueryResult result, Map<String, @Nullable Object> data) {
        String type = String.valueOf(data.get("resultType"));
        if (!type.equals(result.type().name().toLowerCase(java.util.Locale.ROOT))) {
            return "type " + result.type() + ", expected " + type;
        }
        switch (result.type()) {
            case SCALAR -> {
                return value(
                        result.scalar(), GoldenData.castList(data.get("result")).get(1));
            }
            case STRING -> {
                Object expected = GoldenData.castList(data.get("result")).get(1);
                return result.text().equals(expected) ? null : "text " + result.text() + ", expected " + expected;
            }
            default -> {
                return series(result.series(), GoldenData.castList(data.get("result")));
            }
        }
    }

    private static @Nullable String series(List<ResultSeries> actual, List<@Nullable Object> expected) {
        Map<Labels, ResultSeries> byLabels = new LinkedHashMap<>();
        actual.forEach(one -> byLabels.put(one.labels(), one));
        Set<Labels> seen = new HashSet<>();
        for (Object one : expected) {
            Map<String, @Nullable Object> json = GoldenData.cast(one);
            Labels.Builder builder = Labels.empty().toBuilder();
            GoldenData.cast(json.get("metric")).forEach((name, value) -> builder.set(name, String.valueOf(value)));
            Labels labels = builder.build();
            seen.add(labels);
            ResultSeries series = byLabels.get(labels);
            if (series == null) {
                return "missing series " + labels + " of " + expected.size() + ", have " + byLabels.size() + " "
                        + byLabels.keySet().stream().limit(3).toList();
            }
            String difference = points(series, json);
            if (difference != null) {
                return labels + " " + difference;
            }
        }
        for (Labels labels : byLabels.keySet()) {
            if (!seen.contains(labels)) {
                return "unexpected series " + labels;
            }
        }
        return null;
    }

    private static @Nullable String points(ResultSeries series, Map<String, @Nullable Object> json) {
        Map<Long, @Nullable Object> expected = new TreeMap<>();
        collect(json.get("values"), expected);
        collect(json.get("histograms"), expected);
        if (json.get("value") != null) {
            collect(List.of(GoldenData.castList(json.get("value"))), expected);
        }
        if (json.get("histogram") != null) {
            collect(List.of(GoldenData.castList(json.get("histogram"))), expected);
        }
        Map<Long, Object> actual = new TreeMap<>();
        for (int i = 0; i < series.times().length; i++) {
            FloatHistogram histogram = series.histogram(i);
            if (histogram != null) {
                actual.put(series.times()[i], histogram);
            } else if (series.hasFloat(i)) {
                actual.put(series.times()[i], series.values()[i]);
            }
        }
        if (!actual.keySet().equals(expected.keySet())) {
            var missing = new ArrayList<>(expected.keySet());
            missing.removeAll(actual.keySet());
            var surplus = new ArrayList<>(actual.keySet());
            surplus.removeAll(expected.keySet());
            return "times: missing " + missing + ", surplus " + surplus;
        }
        for (var entry : actual.entrySet()) {
            String difference = value(entry.getValue(), expected.get(entry.getKey()));
            if (difference != null) {
                return "at " + entry.getKey() + ": " + difference;
            }
        }
        return null;
    }

    private static void collect(@Nullable Object json, Map<Long, @Nullable Object> target) {
        if (json == null) {
            return;
        }
        for (Object one : GoldenData.castList(json)) {
            List<?> pair = (List<?>) Objects.requireNonNull(one);
            target.put(time(String.valueOf(pair.get(0))), pair.get(1));
        }
    }

    private static @Nullable String value(Object actual, @Nullable Object expected) {
        if (actual instanceof FloatHistogram histogram) {
            return expected instanceof Map<?, ?>
                    ? GoldenHistogram.compare(histogram, GoldenData.cast(expected))
                    : "histogram, expected " + expected;
        }
        if (!(expected instanceof String text)) {
            return "float " + actual + ", expected " + expected;
        }
        return isNear((Double) actual, text) ? null : actual + ", expected " + text;
    }

    static boolean isNear(double actual, String text) {
        double expected = switch (text) {
            case "NaN" -> Double.NaN;
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
        if (Double.doubleToLongBits(actual) == Double.doubleToLongBits(expected)) {
            return true;
        }
        return Math.abs(actual - expected) <= TOLERANCE * Math.max(Math.abs(actual), Math.abs(expected));
    }
}
