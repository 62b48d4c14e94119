package io.meridian.objstore.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.Bucket.Precondition;
import io.meridian.objstore.PreconditionFailedException;
import io.meridian.objstore.config.BucketConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A store that does its work and then fails to say so.
class LostAnswerTest {
    private static final String METADATA = "x-amz-meta-" + S3Upload.ID;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private Bucket bucket;
    private volatile String storedId = "";
    private final AtomicInteger failuresLeft = new AtomicInteger();
    private final AtomicInteger conflictsLeft = new AtomicInteger();

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        bucket =
                BucketConfig.parse("""
                        type: S3
                        config: {bucket: b, endpoint: "127.0.0.1:%d", insecure: true, access_key: a, secret_key: s}
                        """.formatted(server.getAddress().getPort())).open();
    }

    @AfterEach
    void stop() {
        bucket.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String id = exchange.getRequestHeaders().getFirst(METADATA);
            requests.add(exchange.getRequestMethod());
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("ETag", "\"etag\"");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set(METADATA, storedId);
                exchange.sendResponseHeaders(200, -1);
            } else if (conflictsLeft.getAndDecrement() > 0) {
                exchange.sendResponseHeaders(409, -1);
            } else if (!storedId.isEmpty()) {
                exchange.sendResponseHeaders(412, -1);
            } else {
                storedId = id;
                boolean fails = failuresLeft.getAndDecrement() > 0;
                exchange.sendResponseHeaders(fails ? 500 : 200, -1);
            }
        }
    }

    @Test
    void put_whoseAnswerIsLost_knowsItsOwnObject() throws IOException {
        failuresLeft.set(1);
        assertThat(bucket.put("k", new byte[] {1}, Precondition.ABSENT).version())
                .isEqualTo("etag");
        assertThat(requests).containsExactly("PUT", "PUT", "HEAD");
    }

    @Test
    void put_whileAnotherOneIsUnderWay_isTriedAgain() throws IOException {
        conflictsLeft.set(2);
        assertThat(bucket.put("k", new byte[] {1}, Precondition.ABSENT).version())
                .isEqualTo("etag");
        assertThat(requests).containsExactly("PUT", "HEAD", "PUT", "HEAD", "PUT");
    }

    @Test
    void put_thatMeetsAnothersObject_fails() {
        storedId = "of somebody else";
        assertThatThrownBy(() -> bucket.put("k", new byte[] {1}, Precondition.ABSENT))
                .isInstanceOf(PreconditionFailedException.class);
        assertThat(requests).containsExactly("PUT", "HEAD");
    }
}
