package io.meridian.compactor.lease;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.meridian.model.json.Json;
import io.meridian.model.json.JsonWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// As much of a Kubernetes API server as leases need: versions rise with each write, and a write from an old version is
/// a conflict.
public final class KubernetesServer implements AutoCloseable {
    private static final String PATH = "/apis/coordination.k8s.io/v1/namespaces/monitoring/leases";

    private final HttpServer server;
    private final Path credentials;
    private final Map<String, Map<String, Object>> leases = new LinkedHashMap<>();
    private long version = 100;
    private int writes;
    private int lostAnswers;

    /// @param directory for the credentials of a pod
    public KubernetesServer(Path directory) throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), directory);
    }

    KubernetesServer(HttpServer server, Path directory) throws IOException {
        this.server = server;
        credentials = Files.createDirectories(directory);
        Files.writeString(credentials.resolve("token"), "secret\n");
        Files.writeString(credentials.resolve("namespace"), "monitoring");
        server.createContext(PATH, this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    KubernetesApi api(String scheme) throws IOException {
        return new KubernetesApi(scheme + "://localhost:" + port(), credentials, "", "compactor");
    }

    /// A lease of 60 seconds on this server.
    public Leadership lease(String holder, LongSupplier clockMs) throws IOException {
        return new KubernetesLease(api("http"), holder, Duration.ofSeconds(60), clockMs, () -> Instant.EPOCH);
    }

    /// The next write is done, but its answer is lost.
    synchronized void loseNextAnswer() {
        lostAnswers = 1;
    }

    synchronized int writes() {
        return writes;
    }

    synchronized void delete() {
        leases.clear();
    }

    synchronized Map<?, ?> spec() {
        return (Map<?, ?>) leases.get("compactor").get("spec");
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        String name = path.length() > PATH.length() ? path.substring(PATH.length() + 1) : "";
        if (!"Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 401, Map.of("message", "Unauthorized"));
            return;
        }
        switch (exchange.getRequestMethod()) {
            case "GET" -> {
                var lease = leases.get(name);
                answer(exchange, lease == null ? 404 : 200, lease == null ? Map.of("code", 404) : lease);
            }
            case "POST" -> {
                var lease = Json.parseObject(body);
                String own = String.valueOf(((Map<?, ?>) lease.get("metadata")).get("name"));
                write(exchange, own, lease, !leases.containsKey(own));
            }
            case "PUT" -> {
                var lease = Json.parseObject(body);
                var stored = leases.get(name);
                write(exchange, name, lease, stored != null && version(stored).equals(version(lease)));
            }
            default -> answer(exchange, 405, Map.of());
        }
    }

    private static String version(Map<String, Object> lease) {
        return String.valueOf(((Map<?, ?>) lease.get("metadata")).get("resourceVersion"));
    }

    private void write(HttpExchange exchange, String name, Map<String, Object> lease, boolean allowed)
            throws IOException {
        if (!allowed) {
            answer(exchange, 409, Map.of("reason", "Conflict"));
            return;
        }
        writes++;
        lease.put("metadata", Map.of("name", name, "resourceVersion", Long.toString(++version)));
        leases.put(name, lease);
        if (lostAnswers > 0) {
            lostAnswers--;
            answer(exchange, 500, Map.of("message", "etcd timed out"));
        } else {
            answer(exchange, 200, lease);
        }
    }

    private static void answer(HttpExchange exchange, int status, Map<String, Object> body) throws IOException {
        byte[] bytes = JsonWriter.compact(body).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
