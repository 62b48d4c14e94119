package io.meridian.testkit;

import io.meridian.model.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A client of Prometheus' HTTP API, for comparing two servers that speak it.
public final class QueryClient {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String base;

    /// @param base for example `http://127.0.0.1:9090`
    public QueryClient(String base) {
        this.base = base;
    }

    /// One answer.
    ///
    /// @param series   label set to `time value` pairs as text; scalars and strings under the empty label set
    /// @param warnings warnings and infos
    /// @param error    the error's text, or null
    public record Answer(
            Map<Map<String, String>, List<String>> series,
            List<String> warnings,
            @Nullable String error) {}

    public Answer instant(String query, double time, String... more) throws IOException {
        return ask("/api/v1/query", append(new String[] {"query", query, "time", Double.toString(time)}, more));
    }

    public Answer range(String query, double start, double end, double step, String... more) throws IOException {
        return ask(
                "/api/v1/query_range",
                append(
                        new String[] {
                            "query", query,
                            "start", Double.toString(start),
                            "end", Double.toString(end),
                            "step", Double.toString(step)
                        },
                        more));
    }

    private static String[] append(String[] first, String[] more) {
        var all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /// The body of a GET, whatever the status is.
    public String get(String path, String... parameters) throws IOException {
        var query = new StringBuilder();
        for (int i = 0; i < parameters.length; i += 2) {
            query.append(i == 0 ? '?' : '&')
                    .append(encode(parameters[i]))
                    .append('=')
                    .append(encode(parameters[i + 1]));
        }
        var request = HttpRequest.newBuilder(URI.create(base + path + query))
                .timeout(Duration.ofSeconds(60))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Answer ask(String path, String... parameters) throws IOException {
        Map<String, @Nullable Object> body = Json.parseObject(get(path, parameters));
        var warnings = new ArrayList<String>();
        for (String key : List.of("warnings", "infos")) {
            if (body.get(key) != null) {
                Json.asArray(body.get(key), key).forEach(text -> warnings.add(String.valueOf(text)));
            }
        }
        if (!"success".equals(body.get("status"))) {
            return new Answer(Map.of(), warnings, String.valueOf(body.get("error")));
        }
        var data = Json.asObject(body.get("data"), "data");
        return new Answer(series(data), warnings, null);
    }

    private static Map<Map<String, String>, List<String>> series(Map<String, @Nullable Object> data) {
        var series = new java.util.LinkedHashMap<Map<String, String>, List<String>>();
        var result = Json.asArray(data.get("result"), "result");
        if (!result.isEmpty() && !(result.getFirst() instanceof Map)) {
            series.put(Map.of(), List.of(point(result)));
            return series;
        }
        for (Object element : result) {
            var object = Json.asObject(element, "series");
            var labels = new TreeMap<String, String>();
            Json.asObject(object.get("metric"), "metric").forEach((name, value) -> labels.put(name, "" + value));
            var points = new ArrayList<String>();
            for (String key : List.of("value", "histogram")) {
                if (object.get(key) != null) {
                    points.add(point(Json.asArray(object.get(key), key)));
                }
            }
            for (String key : List.of("values", "histograms")) {
                if (object.get(key) != null) {
                    Json.asArray(object.get(key), key).forEach(p -> points.add(point(Json.asArray(p, key))));
                }
            }
            series.put(labels, points);
        }
        return series;
    }

    private static String point(List<@Nullable Object> pair) {
        double time = ((Number) java.util.Objects.requireNonNull(pair.get(0))).doubleValue();
        return time + " " + pair.get(1);
    }
}
