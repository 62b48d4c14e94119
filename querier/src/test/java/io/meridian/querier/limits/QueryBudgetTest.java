package io.meridian.querier.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A process with a small heap keeps its bound, whatever is asked of it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryBudgetTest {
    private static final int SERIES = 400;
    private static final long QUERY_BYTES = 12 << 20;
    private static final long TOTAL_BYTES = 14 << 20;

    private final HttpClient client = HttpClient.newHttpClient();
    private Process process;
    private BufferedReader output;
    private String url;

    @BeforeAll
    void start() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallQuerier.class.getName(),
                        String.valueOf(SERIES),
                        String.valueOf(QUERY_BYTES),
                        String.valueOf(TOTAL_BYTES))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        output = process.inputReader();
        url = "http://127.0.0.1:" + line("port ");
    }

    @AfterAll
    void stop() {
        process.destroyForcibly();
    }

    private String line(String start) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(start)) {
                return line.substring(start.length());
            }
        }
        throw new IOException("the process ended");
    }

    private CompletableFuture<HttpResponse<String>> ask(String query, int steps) {
        String text = URLEncoder.encode(query, StandardCharsets.UTF_8);
        URI uri = URI.create(
                url + "/api/v1/query_range?start=1000&end=" + (1000 + 0.1 * (steps - 1)) + "&step=0.1&query=" + text);
        return client.sendAsync(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void query_moreThanItMayHold_errorNamesLimitNeedAndFlag() {
        for (String query : List.of(
                "x * 2",
                "sort(x)",
                "topk(300, x)",
                "x + on (i) x",
                "quantile by (i) (0.5, x)",
                "rate(x[5m:1s])",
                "sum(rate(x[2h:1ms]))",
                "sum_over_time(vector(time())[2h:1ms])")) {
            HttpResponse<String> answer = ask(query, 10_000).join();

            assertThat(answer.statusCode()).as(query).isEqualTo(422);
            assertThat(answer.body())
                    .as(query)
                    .contains("limit=" + QUERY_BYTES + " bytes", "needed so far=")
                    .contains("--query.max-bytes");
        }
        HttpResponse<String> other = ask("count(x)", 10_000).join();
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).contains("\"" + SERIES + "\"");
    }

    @Test
    void query_manyAtOnce_someFailAndNothingStaysHeld() throws IOException {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(ask("x * 2", 2_500));
            answers.add(ask("sum(x)", 1_000));
        }
        for (CompletableFuture<HttpResponse<String>> each : answers) {
            HttpResponse<String> answer = each.join();
            if (answer.statusCode() != 200) {
                assertThat(answer.statusCode()).isEqualTo(422);
                assertThat(answer.body()).contains("limit=" + TOTAL_BYTES + " bytes", "--query.max-total-bytes");
            }
        }
        assertThat(ask("x * 2", 2_500).join().statusCode()).isEqualTo(200);
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        assertThat(line("held ")).isEqualTo("0");
    }
}
