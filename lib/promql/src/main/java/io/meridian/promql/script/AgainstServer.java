package io.meridian.promql.script;

import io.meridian.model.QueryException;
import io.meridian.model.SeriesSource;
import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.QueryResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asks a Prometheus-compatible server that holds the same data every query that a script runs, and notes where its
/// answer differs. The script itself goes on with the answers of the local runner.
public final class AgainstServer implements QueryRunner, AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /// Posts a form and gives back the body of the answer.
    @FunctionalInterface
    interface Transport {
        String post(String path, String form) throws IOException, InterruptedException;
    }

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final Transport transport;
    private final QueryRunner local;
    private final List<String> differences = new ArrayList<>();
    private int asked;

    /// @param base where `/api/v1/query` is found, for example `http://localhost:9090`
    public AgainstServer(URI base, QueryRunner local) {
        this.local = local;
        String prefix = base.toString().replaceFirst("/+$", "");
        this.transport = (path, form) -> {
            var request = HttpRequest.newBuilder(URI.create(prefix + path))
                    .timeout(TIMEOUT)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        };
    }

    AgainstServer(Transport transport, QueryRunner local) {
        this.transport = transport;
        this.local = local;
    }

    /// How many queries the server was asked.
    public int asked() {
        return asked;
    }

    /// One text per query that the server answered otherwise, in the order asked.
    public List<String> differences() {
        return List.copyOf(differences);
    }

    @Override
    public QueryResult run(QueryRequest request, SeriesSource source) {
        QueryResult result;
        try {
            result = local.run(request, source);
        } catch (QueryException e) {
            compare(request, null, e);
            throw e;
        }
        compare(request, result, null);
        return result;
    }

    private void compare(QueryRequest request, @Nullable QueryResult result, @Nullable QueryException failure) {
        String difference;
        asked++;
        try {
            Map<String, @Nullable Object> answer = Json.parseObject(ask(request));
            difference = result == null
                    ? AnswerDifference.ofFailure(failure == null ? "" : String.valueOf(failure.getMessage()), answer)
                    : AnswerDifference.of(result, answer);
        } catch (IOException | JsonException e) {
            difference = "no answer: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            difference = "interrupted";
        }
        if (difference != null) {
            differences.add("%s [%s to %s ms, step %s ms]: %s"
                    .formatted(request.text(), request.startMs(), request.endMs(), request.stepMs(), difference));
        }
    }

    private String ask(QueryRequest request) throws IOException, InterruptedException {
        String path = request.instant() ? "/api/v1/query" : "/api/v1/query_range";
        return transport.post(path, QueryForm.encode(QueryForm.fields(request)));
    }

    @Override
    public void close() {
        client.close();
    }
}
