package io.meridian.querier.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A client that goes away takes its query with it.
class QueryCancelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// With so many each query takes half a minute of one core or more, if nobody ends it.
    private static final int SERIES = 1_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sum(quantile_over_time(0.9, deriv(x[1h])[2h:200ms]))",
                "max_over_time(deriv(x[1h])[2h:100ms])",
                "count(max_over_time(x[2h:100ms]) + on (i) group_left () max_over_time(stddev_over_time(x[1h])[2h:100ms]))",
                "sum by (i) (topk(3, max_over_time(stdvar_over_time(x[2h])[2h:10ms])))",
            })
    void query_connectionClosed_workEnds(String query) throws IOException {
        try (var querier = new SmallQuerier(SERIES, Long.MAX_VALUE, Long.MAX_VALUE)) {
            var client = new Socket("127.0.0.1", querier.port());
            String path = "/api/v1/query_range?start=0&end=7200&step=1&query="
                    + URLEncoder.encode(query, StandardCharsets.UTF_8);
            client.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            await(() -> querier.running() == 1);
            // So that it is at work, not only admitted.
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            assertThat(querier.running()).isEqualTo(1);
            long closed = System.nanoTime();
            client.close();
            await(() -> querier.running() == 0);
            System.out.printf("ended after %d ms: %s%n", (System.nanoTime() - closed) / 1_000_000, query);
            await(() -> querier.bytesHeld() == 0);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
