package io.meridian.promql.script;

import io.meridian.model.FloatHistogram;
import io.meridian.model.GoFloat;
import io.meridian.model.Labels;
import io.meridian.model.histogram.HistogramBuckets;
import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.promql.QueryResult;
import io.meridian.promql.ResultSeries;
import io.meridian.promql.parse.Expr.ValueType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a server's answer says otherwise than ours; null if nothing.
final class AnswerDifference {
    private static final double RELATIVE = 1e-12;
    private static final int ANNOTATIONS_MAX = 10;

    private AnswerDifference() {}

    static @Nullable String ofFailure(String message, Map<String, @Nullable Object> answer) {
        String error = String.valueOf(answer.get("error"));
        if (!"error".equals(answer.get("status"))) {
            return "only ours fails: " + message;
        }
        return error.endsWith(message) ? null : "error: ours " + message + ", server " + error;
    }

    /// @throws JsonException if the answer is not of the API's form
    static @Nullable String of(QueryResult result, Map<String, @Nullable Object> answer) {
        if (!"success".equals(answer.get("status"))) {
            return "only the server fails: " + answer.get("error");
        }
        String difference = annotations("warnings", result.warnings(), answer.get("warnings"));
        if (difference == null) {
            difference = annotations("infos", result.infos(), answer.get("infos"));
        }
        return difference == null ? data(result, Json.asObject(answer.get("data"), "data")) : difference;
    }

    private static @Nullable String annotations(String kind, List<String> ours, @Nullable Object theirs) {
        Set<String> server = new HashSet<>();
        if (theirs != null) {
            Json.asArray(theirs, kind).forEach(text -> server.add(String.valueOf(text)));
        }
        boolean shortened = server.size() > ANNOTATIONS_MAX && ours.size() > ANNOTATIONS_MAX;
        return shortened || server.equals(new HashSet<>(ours)) ? null : kind + ": ours " + ours + ", server " + server;
    }

    private static @Nullable String data(QueryResult result, Map<String, @Nullable Object> data) {
        String type = result.type().name().toLowerCase(Locale.ROOT);
        if (!type.equals(data.get("resultType"))) {
            return "type: ours " + type + ", server " + data.get("resultType");
        }
        List<@Nullable Object> values = Json.asArray(data.get("result"), "result");
        return switch (result.type()) {
            case SCALAR -> same(result.scalar(), values.get(1)) ? null : differ(text(result.scalar()), values.get(1));
            case STRING -> result.text().equals(values.get(1)) ? null : differ(result.text(), values.get(1));
            case VECTOR, MATRIX -> series(result, values);
        };
    }

    private static String differ(String ours, @Nullable Object server) {
        return "value: ours " + ours + ", server " + server;
    }

    private static @Nullable String series(QueryResult result, List<@Nullable Object> elements) {
        Map<Labels, Map<String, @Nullable Object>> server = new HashMap<>();
        for (Object element : elements) {
            Map<String, @Nullable Object> one = Json.asObject(element, "series");
            var labels = Labels.empty().toBuilder();
            Json.asObject(one.get("metric"), "metric")
                    .forEach((name, value) -> labels.set(name, String.valueOf(value)));
            server.put(labels.build(), one);
        }
        boolean vector = result.type() == ValueType.VECTOR;
        for (ResultSeries ours : result.series()) {
            Map<String, @Nullable Object> theirs = server.remove(ours.labels());
            if (theirs == null) {
                return "series: only ours " + ours.labels();
            }
            String difference = points(ours, points(theirs, vector));
            if (difference != null) {
                return ours.labels() + ": " + difference;
            }
        }
        return server.isEmpty() ? null : "series: only the server's " + server.keySet();
    }

    /// Times and texts of the server's points, floats and histograms.
    private static Map<Long, Object> points(Map<String, @Nullable Object> series, boolean vector) {
        var points = new HashMap<Long, Object>();
        for (String key : List.of("value", "histogram", "values", "histograms")) {
            Object found = series.get(key);
            if (found == null) {
                continue;
            }
            List<@Nullable Object> list = vector ? List.of(found) : Json.asArray(found, key);
            for (Object point : list) {
                List<@Nullable Object> pair = Json.asArray(point, "point");
                Object value = pair.get(1);
                if (pair.get(0) instanceof Number time && value != null) {
                    points.put(Math.round(time.doubleValue() * 1000), value);
                }
            }
        }
        return points;
    }

    private static @Nullable String points(ResultSeries ours, Map<Long, Object> server) {
        for (int i = 0; i < ours.times().length; i++) {
            FloatHistogram histogram = ours.histogram(i);
            if (histogram == null && !ours.hasFloat(i)) {
                continue;
            }
            Object theirs = server.remove(ours.times()[i]);
            boolean same = histogram == null
                    ? same(ours.values()[i], theirs)
                    : theirs != null && shown(histogram).equals(histogramText(theirs));
            if (!same) {
                String text = histogram == null ? text(ours.values()[i]) : histogram.toString();
                return "at " + ours.times()[i] + " ms ours " + text + ", server " + theirs;
            }
        }
        return server.isEmpty() ? null : "points: only the server's " + server;
    }

    /// As the API shows it: buckets next to zero are cut off at the zero bucket.
    private static String shown(FloatHistogram histogram) {
        var out = new StringBuilder("{count:").append(text(histogram.count()));
        out.append(", sum:").append(text(histogram.sum()));
        HistogramBuckets buckets = HistogramBuckets.of(histogram);
        for (int i = 0; i < buckets.size(); i++) {
            if (buckets.count(i) != 0) {
                int rule = buckets.boundaryRule(i);
                out.append(", ").append(rule == 1 || rule == 3 ? '[' : '(');
                out.append(text(buckets.lower(i))).append(',').append(text(buckets.upper(i)));
                out.append(rule == 0 || rule == 3 ? "]:" : "):").append(text(buckets.count(i)));
            }
        }
        return out.append('}').toString();
    }

    /// The form of [#shown].
    private static String histogramText(Object json) {
        if (json instanceof String) {
            return "a float";
        }
        Map<String, @Nullable Object> histogram = Json.asObject(json, "histogram");
        var out = new StringBuilder("{count:").append(text(number(histogram.get("count"))));
        out.append(", sum:").append(text(number(histogram.get("sum"))));
        Object buckets = histogram.get("buckets");
        if (buckets != null) {
            for (Object one : Json.asArray(buckets, "buckets")) {
                List<@Nullable Object> bucket = Json.asArray(one, "bucket");
                long code = Json.asLong(bucket.get(0), "boundaries");
                out.append(", ").append(code == 1 || code == 3 ? '[' : '(');
                out.append(text(number(bucket.get(1)))).append(',').append(text(number(bucket.get(2))));
                out.append(code == 0 || code == 3 ? "]:" : "):").append(text(number(bucket.get(3))));
            }
        }
        return out.append('}').toString();
    }

    private static String text(double value) {
        return GoFloat.general(value);
    }

    private static double number(@Nullable Object text) {
        return switch (String.valueOf(text)) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            case "NaN" -> Double.NaN;
            default -> {
                try {
                    yield Double.parseDouble(String.valueOf(text));
                } catch (NumberFormatException e) {
                    throw new JsonException("not a number: " + text + " (" + e.getMessage() + ")");
                }
            }
        };
    }

    private static boolean same(double ours, @Nullable Object server) {
        if (!(server instanceof String)) {
            return false;
        }
        double theirs = number(server);
        return Double.compare(ours, theirs) == 0
                || Double.isNaN(ours) && Double.isNaN(theirs)
                || Math.abs(ours - theirs) <= RELATIVE * Math.max(Math.abs(ours), Math.abs(theirs));
    }
}
