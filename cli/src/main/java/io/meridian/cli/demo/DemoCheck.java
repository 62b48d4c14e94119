package io.meridian.cli.demo;

import io.meridian.model.Labels;
import io.meridian.model.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
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

/// Asks the running demo a few queries and holds the answers against the [Oracle].
final class DemoCheck {
    private static final double TOLERANCE = 1e-9;
    private static final long HOUR_MS = 3_600_000;

    /// @param parameters more parameters of the request, name and value in turn
    private record Question(String query, long timeMs, List<String> parameters, Map<Labels, Double> expected) {}

    private final String url;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    DemoCheck(String url) {
        this.url = url;
    }

    /// Compares every answer and prints a line each.
    ///
    /// @param nowMs  a time up to which the live end has scraped
    /// @param startMs where the data begins
    /// @return what differs; empty if all is right
    List<String> run(Oracle oracle, long startMs, long nowMs, PrintWriter out)
            throws IOException, InterruptedException {
        var wrong = new ArrayList<String>();
        for (Question question : questions(oracle, startMs, nowMs)) {
            Map<Labels, Double> actual = ask(question.query(), question.timeMs(), question.parameters());
            boolean same = same(question.expected(), actual);
            out.printf("  %-5s %s %s%n", same ? "ok" : "WRONG", question.query(), question.parameters());
            if (!same) {
                wrong.add(question.query() + ": expected " + question.expected() + ", got " + actual);
            }
        }
        out.flush();
        return wrong;
    }

    private static List<Question> questions(Oracle oracle, long startMs, long nowMs) {
        List<String> apart = List.of("dedup", "false");
        long oldMs =
                startMs - startMs % HOUR_MS + Math.min(3 * 24 * HOUR_MS, (nowMs - startMs) / 2 / HOUR_MS * HOUR_MS);
        return List.of(
                new Question(
                        "sum by (region, replica) (queue_length)", nowMs, apart, oracle.sum("queue_length", nowMs)),
                new Question(
                        "sum by (region, replica) (queue_length)", oldMs, apart, oracle.sum("queue_length", oldMs)),
                new Question(
                        "sum by (region, replica, job) (increase(http_requests_total[1h]))",
                        nowMs,
                        apart,
                        oracle.increase("http_requests_total", HOUR_MS, nowMs)),
                new Question(
                        "sum by (region, replica, job) (increase(http_requests_total[1h]))",
                        oldMs,
                        apart,
                        oracle.increase("http_requests_total", HOUR_MS, oldMs)),
                new Question(
                        "max by (region, replica) (max_over_time(node_load1[1d]))",
                        oldMs,
                        apart,
                        oracle.maxOverTime("node_load1", 24 * HOUR_MS, oldMs)),
                new Question(
                        "count by (region) (node_load1)", nowMs, List.of(), oracle.countByRegion("node_load1", nowMs)));
    }

    /// The answer to an instant query.
    ///
    /// @throws IOException if the server answers an error
    Map<Labels, Double> ask(String query, long timeMs, List<String> parameters)
            throws IOException, InterruptedException {
        var uri = new StringBuilder(url + "/api/v1/query?time=" + timeMs / 1000.0 + "&query=" + encode(query));
        for (int i = 0; i < parameters.size(); i += 2) {
            uri.append('&').append(parameters.get(i)).append('=').append(encode(parameters.get(i + 1)));
        }
        var response = http.send(
                HttpRequest.newBuilder(URI.create(uri.toString())).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("query " + query + " failed: " + response.body());
        }
        var body = Json.parseObject(response.body());
        var answer = new TreeMap<Labels, Double>();
        var data = Json.asObject(body.get("data"), "data");
        for (Object element : Json.asArray(data.get("result"), "result")) {
            var series = Json.asObject(element, "series");
            var labels = Labels.empty().toBuilder();
            Json.asObject(series.get("metric"), "metric").forEach((name, value) -> labels.set(name, "" + value));
            var point = Json.asArray(series.get("value"), "value");
            answer.put(labels.build(), Double.parseDouble(Json.asString(point.get(1), "value")));
        }
        return answer;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static boolean same(Map<Labels, Double> expected, Map<Labels, Double> actual) {
        if (!expected.keySet().equals(actual.keySet())) {
            return false;
        }
        for (var entry : expected.entrySet()) {
            double a = entry.getValue();
            double b = actual.getOrDefault(entry.getKey(), Double.NaN);
            if (!(Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)))) {
                return false;
            }
        }
        return true;
    }
}
