package io.meridian.querier.golden;

import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whether two answers of the query API say the same: status, error, type, series, times, values, annotations. Values
/// agree to the bit, or to a relative 1e-12 where Prometheus itself depends on the order of a sum.
final class AnswerComparison {
    private static final double TOLERANCE = 1e-12;
    private static final Pattern STRINGS = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`");
    private static final Pattern LOOSE = Pattern.compile("\\b(sum|avg|stddev|stdvar|quantile|(sum|avg|stddev|stdvar"
            + "|quantile|mad)_over_time|double_exponential_smoothing|deriv|predict_linear|rate|increase|delta|irate"
            + "|idelta|histogram_(avg|sum|count|stddev|stdvar|fraction|quantiles?)|acosh?|asinh?|atan|atanh|cosh?|exp"
            + "|ln|log10|log2|sinh?|tanh?|atan2|deg|rad)\\b|\\^|</|>/");
    private static final Pattern SORTED = Pattern.compile("^\\(*(sort|sort_desc|sort_by_label|sort_by_label_desc)\\(");
    private static final Pattern OMITTED = Pattern.compile("\\d+ more (warning|info) annotations omitted");

    private final boolean loose;
    private final boolean sorted;

    AnswerComparison(String query) {
        this.loose = LOOSE.matcher(STRINGS.matcher(query).replaceAll("\"\"")).find();
        this.sorted = SORTED.matcher(query).find();
    }

    /// @param ignored member of `data` that need not agree, or `""`
    /// @return what differs, or null
    @Nullable
    String difference(String expected, String actual, String ignored) {
        if (expected.equals(actual)) {
            return null;
        }
        Map<String, @Nullable Object> a;
        Map<String, @Nullable Object> b;
        try {
            a = Json.parseObject(expected);
            b = Json.parseObject(actual);
        } catch (JsonException e) {
            return "text differs: " + shorten(expected) + " | " + shorten(actual);
        }
        for (String key : new String[] {"status", "errorType", "error"}) {
            if (!Objects.equals(a.get(key), b.get(key))) {
                return key + " differs: " + a.get(key) + " | " + b.get(key) + " (" + b.get("error") + ")";
            }
        }
        for (String key : new String[] {"warnings", "infos"}) {
            String differs = annotations(key, texts(a.get(key)), texts(b.get(key)));
            if (differs != null) {
                return differs;
            }
        }
        Object left = a.get("data");
        Object right = b.get("data");
        if (left instanceof Map<?, ?> x && right instanceof Map && x.containsKey("resultType")) {
            return results(Json.asObject(left, "data"), Json.asObject(right, "data"), ignored);
        }
        return Objects.equals(left, right) ? null : "data differs: " + shorten(left) + " | " + shorten(right);
    }

    /// As [#difference], but only of the data: Thanos words annotations otherwise.
    @Nullable
    String dataDifference(String expected, String actual) {
        Map<String, @Nullable Object> a = Json.parseObject(expected);
        Map<String, @Nullable Object> b = Json.parseObject(actual);
        Object left = a.get("data");
        Object right = b.get("data");
        if (left instanceof Map<?, ?> x && right instanceof Map && x.containsKey("resultType")) {
            return results(Json.asObject(left, "data"), Json.asObject(right, "data"), "stats");
        }
        return Objects.equals(left, right) ? null : "data differs: " + shorten(left) + " | " + shorten(right);
    }

    private static Set<String> texts(@Nullable Object list) {
        var texts = new HashSet<String>();
        if (list != null) {
            Json.asArray(list, "annotations").forEach(text -> texts.add(String.valueOf(text)));
        }
        return texts;
    }

    /// Which ten are shown is arbitrary where there are more.
    private static @Nullable String annotations(String kind, Set<String> a, Set<String> b) {
        var more = new HashSet<String>(a);
        more.addAll(b);
        more.removeIf(text -> !OMITTED.matcher(text).matches());
        if (!more.isEmpty() && a.containsAll(more) && b.containsAll(more)) {
            return null;
        }
        return a.equals(b) ? null : kind + " differ: " + a + " | " + b;
    }

    private @Nullable String results(Map<String, @Nullable Object> a, Map<String, @Nullable Object> b, String ignored) {
        if (!Objects.equals(a.get("resultType"), b.get("resultType"))) {
            return "type differs: " + a.get("resultType") + " | " + b.get("resultType");
        }
        List<@Nullable Object> left = Json.asArray(a.get("result"), "result");
        List<@Nullable Object> right = Json.asArray(b.get("result"), "result");
        String type = String.valueOf(a.get("resultType"));
        String differs = type.equals("scalar") || type.equals("string")
                ? single(left, right, type.equals("scalar"))
                : series(left, right, type.equals("matrix"));
        if (differs != null || ignored.contains("stats") && !ignored.contains("timings")) {
            return differs;
        }
        return Objects.equals(samples(a), samples(b)) ? null : "stats differ: " + samples(a) + " | " + samples(b);
    }

    private static @Nullable Object samples(Map<String, @Nullable Object> data) {
        Object stats = data.get("stats");
        return stats == null ? null : Json.asObject(stats, "stats").get("samples");
    }

    private @Nullable String single(List<@Nullable Object> a, List<@Nullable Object> b, boolean number) {
        boolean same = Objects.equals(a.get(0), b.get(0))
                && (number ? sameNumber(a.get(1), b.get(1)) : Objects.equals(a.get(1), b.get(1)));
        return same ? null : "value differs: " + a + " | " + b;
    }

    private @Nullable String series(List<@Nullable Object> a, List<@Nullable Object> b, boolean matrix) {
        Map<String, Map<String, @Nullable Object>> left = index(a);
        Map<String, Map<String, @Nullable Object>> right = index(b);
        if (left.size() != a.size() || right.size() != b.size()) {
            return a.equals(b) ? null : "series twice: " + shorten(a) + " | " + shorten(b);
        }
        if (!left.keySet().equals(right.keySet())) {
            var onlyLeft = new HashSet<>(left.keySet());
            onlyLeft.removeAll(right.keySet());
            var onlyRight = new HashSet<>(right.keySet());
            onlyRight.removeAll(left.keySet());
            return "series differ: only expected " + shorten(onlyLeft) + " | only got " + shorten(onlyRight);
        }
        for (var entry : left.entrySet()) {
            Map<String, @Nullable Object> other = right.get(entry.getKey());
            String differs = other == null ? "missing" : points(entry.getValue(), other);
            if (differs != null) {
                return entry.getKey() + " " + differs;
            }
        }
        boolean sameOrder = keys(a).equals(keys(b));
        return sameOrder || !matrix && !sorted ? null : "order differs: " + shorten(keys(a)) + " | " + shorten(keys(b));
    }

    private static List<String> keys(List<@Nullable Object> series) {
        return series.stream().map(AnswerComparison::key).toList();
    }

    private static String key(@Nullable Object series) {
        return new TreeMap<>(Json.asObject(Json.asObject(series, "series").get("metric"), "metric")).toString();
    }

    private static Map<String, Map<String, @Nullable Object>> index(List<@Nullable Object> all) {
        var index = new HashMap<String, Map<String, @Nullable Object>>();
        all.forEach(series -> index.put(key(series), Json.asObject(series, "series")));
        return index;
    }

    private @Nullable String points(Map<String, @Nullable Object> a, Map<String, @Nullable Object> b) {
        for (String kind : new String[] {"value", "values", "histogram", "histograms"}) {
            List<@Nullable Object> left = list(a.get(kind), kind);
            List<@Nullable Object> right = list(b.get(kind), kind);
            if (left.size() != right.size()) {
                return kind + " count differs: " + left.size() + " | " + right.size();
            }
            for (int i = 0; i < left.size(); i++) {
                List<@Nullable Object> x = Json.asArray(left.get(i), "point");
                List<@Nullable Object> y = Json.asArray(right.get(i), "point");
                boolean same = Objects.equals(x.get(0), y.get(0))
                        && (kind.startsWith("value")
                                ? sameNumber(x.get(1), y.get(1))
                                : sameHistogram(x.get(1), y.get(1)));
                if (!same) {
                    return kind + " differ: " + shorten(x) + " | " + shorten(y);
                }
            }
        }
        return null;
    }

    private static List<@Nullable Object> list(@Nullable Object value, String kind) {
        if (value == null) {
            return List.of();
        }
        if (kind.endsWith("s")) {
            return Json.asArray(value, kind);
        }
        var one = new ArrayList<@Nullable Object>();
        one.add(value);
        return one;
    }

    private boolean sameHistogram(@Nullable Object a, @Nullable Object b) {
        Map<String, @Nullable Object> left = Json.asObject(a, "histogram");
        Map<String, @Nullable Object> right = Json.asObject(b, "histogram");
        List<@Nullable Object> x = list(left.get("buckets"), "buckets");
        List<@Nullable Object> y = list(right.get("buckets"), "buckets");
        boolean same = sameNumber(left.get("count"), right.get("count"))
                && sameNumber(left.get("sum"), right.get("sum"))
                && x.size() == y.size();
        for (int i = 0; same && i < x.size(); i++) {
            List<@Nullable Object> p = Json.asArray(x.get(i), "bucket");
            List<@Nullable Object> q = Json.asArray(y.get(i), "bucket");
            same = Objects.equals(p.get(0), q.get(0));
            for (int k = 1; same && k < 4; k++) {
                same = sameNumber(p.get(k), q.get(k));
            }
        }
        return same;
    }

    private boolean sameNumber(@Nullable Object a, @Nullable Object b) {
        if (Objects.equals(a, b)) {
            return true;
        }
        double x = number(String.valueOf(a));
        double y = number(String.valueOf(b));
        if (Double.isNaN(x) || Double.isNaN(y) || Double.isInfinite(x) || Double.isInfinite(y)) {
            return Double.isNaN(x) && Double.isNaN(y) || x == y;
        }
        return loose && x != y && Math.abs(x - y) / Math.max(Math.abs(x), Math.abs(y)) <= TOLERANCE;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static String shorten(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }
}
