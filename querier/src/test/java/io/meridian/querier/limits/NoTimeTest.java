package io.meridian.querier.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A query with `timeout=0`: Prometheus refuses what cannot be read, and everything else, in one of three ways.
class NoTimeTest {
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "query | x | 422 | context deadline exceeded",
                "query | nothing | 422 | context deadline exceeded",
                "query | 1 | 422 | context deadline exceeded",
                "query | x[5m] | 422 | context deadline exceeded",
                "query | x{ | 400 | 1:3: parse error: unexpected end of input inside braces",
                "query | x[step()] | 400 | duration must be greater than 0",
                "query_range | sum(nothing) | 422 | context deadline exceeded",
                "query_range | 'a' | 400 | invalid expression type",
            },
            quoteCharacter = '~')
    void query_timeoutOfZero_isRefusedAsPrometheusMay(String path, String query, int status, String text)
            throws IOException, InterruptedException {
        try (var querier = new SmallQuerier(1, Long.MAX_VALUE, Long.MAX_VALUE);
                var client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + querier.port() + "/api/v1/" + path
                    + "?timeout=0&start=0&end=60&time=60&step=30&query="
                    + URLEncoder.encode(query, StandardCharsets.UTF_8));
            var answer = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(answer.body()).contains(text);
        }
    }
}
