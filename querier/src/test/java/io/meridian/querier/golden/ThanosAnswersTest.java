package io.meridian.querier.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.json.Json;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.Shared;
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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A real Thanos querier's recorded answers over replicas that disagree, asked of ours: result types, series, times and
/// values. A sample of the rows by default, all of them in the long run.
@Sampled
class ThanosAnswersTest {
    private static final int DISTANCE = 4;
    private static final int SHOWN_MAX = Integer.getInteger("meridian.shown", 20);
    private static final Pattern DATA = Pattern.compile("/api/v1/(query|query_range|series|labels|label/.*/values)");

    /// Left out: functions for which Thanos flattens counters, its other engine (it selects other ranges, on which the
    /// choice of a replica depends), sharding of queries, limits (any three of six), and what Prometheus refuses.
    private static final Pattern KNOWN = Pattern.compile(
            "resets|rate|increase|engine, thanos|shard_info|limit|storeMatch|U__|match\\[\\], \\{\\}|\\{region|\\{replica");

    /// A range query without a step (Thanos chooses one, Prometheus and we refuse), and a value that only a series
    /// outside the range has.
    private static final Pattern KNOWN_ROWS = Pattern.compile("thanos-(432|433|527)");

    @Test
    void answers_areThoseOfThanos() throws Exception {
        var rows = Shared.jsonLines(Shared.require("golden/query/thanos/thanos.jsonl.gz"));
        var problems = new ArrayList<String>();
        int asked = 0;
        try (var server = new GoldenServer("ha", "default", Duration.ZERO);
                var client = HttpClient.newHttpClient()) {
            int seen = 0;
            for (var row : rows) {
                if (!isAsked(row) || !Sampled.ALL && seen++ % DISTANCE != 0) {
                    continue;
                }
                asked++;
                String problem = problem(client, server.url(), row);
                if (problem != null) {
                    problems.add(row.get("id") + " " + row.get("path") + " " + row.get("params") + ": " + problem);
                }
            }
        }
        System.out.printf("thanos: %d of %d answers equal%n", asked - problems.size(), asked);
        problems.stream().limit(SHOWN_MAX).forEach(problem -> System.out.println("  " + problem));
        assertThat(problems).isEmpty();
    }

    private static boolean isAsked(Map<String, @Nullable Object> row) {
        return "ha".equals(row.get("dataset"))
                && "GET".equals(row.get("method"))
                && Long.valueOf(200).equals(row.get("status"))
                && row.containsKey("body")
                && DATA.matcher(String.valueOf(row.get("path"))).matches()
                && !KNOWN_ROWS.matcher(String.valueOf(row.get("id"))).matches()
                && !KNOWN.matcher(row.get("path") + " " + row.get("params")).find();
    }

    private static @Nullable String problem(HttpClient client, String server, Map<String, @Nullable Object> row)
            throws IOException, InterruptedException {
        var encoded = new ArrayList<String>();
        String query = "";
        for (Object element : Json.asArray(row.get("params"), "params")) {
            List<@Nullable Object> pair = Json.asArray(element, "param");
            encoded.add(encode(pair.get(0)) + "=" + encode(pair.get(1)));
            query = "query".equals(pair.get(0)) ? String.valueOf(pair.get(1)) : query;
        }
        var uri = URI.create(server + row.get("path") + "?" + String.join("&", encoded));
        var response = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            return "status differs: 200 | " + response.statusCode() + " " + response.body();
        }
        return new AnswerComparison(query).dataDifference(String.valueOf(row.get("body")), response.body());
    }

    private static String encode(@Nullable Object text) {
        return URLEncoder.encode(String.valueOf(text), StandardCharsets.UTF_8);
    }
}
