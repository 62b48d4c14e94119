package io.meridian.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.Service;
import io.meridian.server.flag.HostPort;
import io.meridian.server.flag.HttpFlags;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpEndpointTest {
    private static final int LARGE_BYTES = 3_000_000;

    private final Service service = Service.create("test");
    private final HttpClient client = HttpClient.newHttpClient();
    private final CountDownLatch disconnected = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private HttpEndpoint endpoint;

    @BeforeEach
    void start() throws Exception {
        endpoint = HttpEndpoint.builder(service)
                .getOrPost(
                        "/echo/{name}",
                        exchange -> exchange.respond(
                                200,
                                "text/plain",
                                exchange.pathParameter("name") + "|"
                                        + exchange.parameters().all("a")))
                .post("/body", exchange -> exchange.respond(200, "text/plain", "" + exchange.body().length))
                .get("/large", HttpEndpointTest::large)
                .get("/endless", this::endless)
                .get("/stuck", _ -> release.await())
                .get("/broken", _ -> {
                    throw new IllegalStateException("the reason");
                })
                .serve(HttpFlags.of(new HostPort("127.0.0.1", 0), Duration.ofSeconds(1)));
    }

    @AfterEach
    void stop() {
        release.countDown();
        service.close();
    }

    private static void large(Exchange exchange) throws Exception {
        byte[] piece = new byte[1000];
        Arrays.fill(piece, (byte) 'x');
        try (OutputStream out = exchange.stream(200, "text/plain")) {
            for (int i = 0; i < LARGE_BYTES / piece.length; i++) {
                out.write(piece);
            }
        }
    }

    private void endless(Exchange exchange) throws Exception {
        exchange.onDisconnect(disconnected::countDown);
        try (OutputStream out = exchange.stream(200, "text/plain")) {
            while (true) {
                out.write(new byte[10_000]);
            }
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder builder) throws Exception {
        return client.send(builder.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    /// What a client gets that does not check what it asks.
    private String raw(String requestLine) throws Exception {
        try (var socket = new Socket(java.net.InetAddress.getLoopbackAddress(), endpoint.port())) {
            socket.getOutputStream()
                    .write((requestLine + "\r\nHost: x\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void parameters_formComesBeforeUrl_pathIsDecoded() throws Exception {
        var response = send(request("/echo/x%2Fy+z?a=3&b=4")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("a=1+2&a=%C3%A4")));
        assertThat(text(response)).isEqualTo("x/y+z|[1 2, ä, 3]");
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    }

    @Test
    void requestLine_ofAlmostOneMebibyte_isAccepted() throws Exception {
        String value = "v".repeat(1_000_000);
        assertThat(text(send(request("/echo/n?a=" + value)))).isEqualTo("n|[" + value + "]");
    }

    @Test
    void body_overTheLimit_isRefusedWithTheLimit() throws Exception {
        byte[] nineMegabytes = new byte[9_000_000];
        assertThat(text(send(request("/body").POST(HttpRequest.BodyPublishers.ofByteArray(nineMegabytes)))))
                .isEqualTo("9000000");
        var refused = send(request("/body").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[11_000_000])));
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(text(refused)).contains("limit=10485760");
    }

    @Test
    void stream_plainAndGzip_areComplete() throws Exception {
        assertThat(send(request("/large")).body()).hasSize(LARGE_BYTES);
        var packed = send(request("/large").header("Accept-Encoding", "deflate, gzip"));
        assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
                .hasSize(LARGE_BYTES);
    }

    @Test
    void errors_haveTheirStatus() throws Exception {
        assertThat(send(request("/nothing")).statusCode()).isEqualTo(404);
        assertThat(send(request("/large").POST(HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
        assertThat(raw("GET /echo/%zz HTTP/1.1")).startsWith("HTTP/1.1 400 ");
        assertThat(raw("GET /echo/n?a=%2 HTTP/1.1")).startsWith("HTTP/1.1 200 ");
        var broken = send(request("/broken"));
        assertThat(broken.statusCode()).isEqualTo(500);
        assertThat(text(broken)).contains("the reason");
    }

    @Test
    void probes_whileHandlersAreStuck_stillAnswer() throws Exception {
        for (int i = 0; i < 50; i++) {
            client.sendAsync(request("/stuck").build(), HttpResponse.BodyHandlers.discarding());
        }
        service.probes().notReady("a", "loading");
        assertThat(send(request("/-/ready")).statusCode()).isEqualTo(503);
        assertThat(text(send(request("/-/ready")))).contains("a: loading");
        service.probes().ready("a");
        assertThat(send(request("/-/ready")).statusCode()).isEqualTo(200);
        assertThat(send(request("/-/healthy")).statusCode()).isEqualTo(200);
    }

    @Test
    void client_thatGoesAway_isNoticed() throws Exception {
        try (var socket = new Socket(java.net.InetAddress.getLoopbackAddress(), endpoint.port())) {
            socket.getOutputStream().write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().readNBytes(100_000)).hasSize(100_000);
        }
        assertThat(disconnected.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void metrics_areServed_withRequestsCounted() throws Exception {
        send(request("/echo/n"));
        String counted = "http_request_duration_seconds_count{code=\"200\",handler=\"/echo/{name}\",method=\"GET\"}";
        String metrics = text(send(request("/metrics")));
        // A request is counted after its answer has left.
        for (int i = 0; i < 1000 && !metrics.contains(counted); i++) {
            metrics = text(send(request("/metrics")));
        }
        assertThat(metrics).contains("jvm_memory_used_bytes").contains(counted);
    }

    @Test
    void prefix_isCleaned() {
        assertThat(HttpEndpoint.cleanPrefix("/a/b/")).isEqualTo("/a/b");
        assertThat(HttpEndpoint.cleanPrefix("a")).isEqualTo("/a");
        assertThat(HttpEndpoint.cleanPrefix("/")).isEmpty();
        assertThat(HttpEndpoint.cleanPrefix("https://host/a/")).isEqualTo("/a");
    }
}
