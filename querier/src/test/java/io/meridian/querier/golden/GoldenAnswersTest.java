package io.meridian.querier.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.json.Json;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Prometheus 3.14's recorded answers, asked of our API over the same blocks. A sample of the rows by default, all of
/// them in the long run.
@Sampled
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenAnswersTest {
    private static final String DIFFERENCES = "/golden/differences.txt";
    private static final int SHOWN_MAX = Integer.getInteger("meridian.shown", 20);

    /// Above every timeout of a row that timed out.
    private static final Duration LATE = Duration.ofMillis(100);

    private final Map<String, GoldenServer> servers = new HashMap<>();
    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    @AfterAll
    void stop() throws IOException {
        for (GoldenServer server : servers.values()) {
            server.close();
        }
    }

    /// @param distance every how many rows one is asked
    @ParameterizedTest(name = "{0}, every {1}. row")
    @CsvSource({
        "answers/api, 1",
        "answers/errors, 1",
        "answers/annotations, 3",
        "answers/numbers, 3",
        "answers/examples, 5",
        "answers/compliance-range, 11",
        "answers/compliance-instant, 11",
        "answers/federate, 1",
        "fuzz, 40",
    })
    void answers_areThoseOfPrometheus(String file, int distance) throws Exception {
        var rows = Shared.jsonLines(Shared.require("golden/query/" + file + ".jsonl.gz"));
        var known = knownDifferences();
        var problems = new ArrayList<String>();
        int asked = 0;
        int knownCount = 0;
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            if (!Sampled.ALL && i % distance != 0 || row.containsKey("unstable") || !row.containsKey("body")) {
                continue;
            }
            String line = row.get("method") + " " + row.get("path") + " " + row.get("flags") + " " + row.get("id");
            if (known.stream().anyMatch(pattern -> pattern.matcher(line).find())) {
                knownCount++;
                continue;
            }
            asked++;
            String problem = problem(row);
            if (problem != null) {
                problems.add(row.get("id") + " " + row.get("path") + " " + row.get("params") + ": " + problem);
            }
        }
        System.out.printf(
                "%s: %d of %d answers equal, %d known differences left out%n",
                file, asked - problems.size(), asked, knownCount);
        problems.stream().limit(SHOWN_MAX).forEach(problem -> System.out.println("  " + problem));
        assertThat(problems).as(file).isEmpty();
    }

    private @Nullable String problem(Map<String, @Nullable Object> row) throws Exception {
        String dataset = String.valueOf(row.get("dataset"));
        String flags = String.valueOf(row.get("flags"));
        boolean late = "times out".equals(row.get("note"));
        String server = servers.computeIfAbsent(
                        dataset + "\0" + flags + late, _ -> start(dataset, flags, late ? LATE : Duration.ZERO))
                .url();
        HttpResponse<byte[]> response = client.send(request(row, server), HttpResponse.BodyHandlers.ofByteArray());
        long status = Json.asLong(row.get("status"), "status");
        String body = new String(response.body(), StandardCharsets.UTF_8);
        if (response.statusCode() != status) {
            return "status differs: " + status + " | " + response.statusCode() + " " + body;
        }
        String volatilePart = String.valueOf(row.getOrDefault("volatile", ""));
        if (volatilePart.startsWith("error")) {
            return null;
        }
        String query = parameters(row).stream()
                .filter(pair -> pair.getFirst().equals("query"))
                .map(List::getLast)
                .findFirst()
                .orElse("");
        String expected = String.valueOf(row.get("body"));
        if (!expected.startsWith("{")) {
            return expected.strip().equals(body.strip()) ? null : "text differs: " + expected + " | " + body;
        }
        return new AnswerComparison(query).difference(expected, body, volatilePart);
    }

    private static GoldenServer start(String dataset, String flags, Duration late) {
        try {
            var server = new GoldenServer(dataset, flags, late);
            assertThat(server.seriesCount()).isPositive();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpRequest request(Map<String, @Nullable Object> row, String server) {
        String encoded = String.join(
                "&",
                parameters(row).stream()
                        .map(pair -> encode(pair.getFirst()) + "=" + encode(pair.getLast()))
                        .toList());
        String method = String.valueOf(row.get("method"));
        Object send = row.get("send");
        boolean form = method.equals("POST") && send == null;
        String path = server + row.get("path");
        if (!form && !encoded.isEmpty()) {
            path += (path.contains("?") ? "&" : "?") + encoded;
        }
        var builder = HttpRequest.newBuilder(URI.create(path)).timeout(Duration.ofSeconds(60));
        byte[] body = new byte[0];
        if (send != null) {
            body = Base64.getDecoder().decode(String.valueOf(send));
        } else if (form) {
            body = encoded.getBytes(StandardCharsets.UTF_8);
            builder.header("Content-Type", "application/x-www-form-urlencoded");
        }
        if (row.get("headers") != null) {
            Json.asObject(row.get("headers"), "headers").forEach((name, value) -> {
                if (!name.equals("Content-Length")) {
                    builder.setHeader(name, String.valueOf(value));
                }
            });
        }
        return builder.method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private static List<List<String>> parameters(Map<String, @Nullable Object> row) {
        return Json.asArray(row.get("params"), "params").stream()
                .map(pair -> Json.asArray(pair, "param"))
                .map(pair -> List.of(String.valueOf(pair.get(0)), String.valueOf(pair.get(1))))
                .toList();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static List<Pattern> knownDifferences() throws IOException {
        try (var in = GoldenAnswersTest.class.getResourceAsStream(DIFFERENCES)) {
            if (in == null) {
                return List.of();
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Pattern::compile)
                    .toList();
        }
    }
}
