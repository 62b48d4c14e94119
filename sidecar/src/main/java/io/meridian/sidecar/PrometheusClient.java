package io.meridian.sidecar;

import io.meridian.model.QueryContext;
import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Calls one Prometheus over HTTP. Blocks.
final class PrometheusClient implements AutoCloseable {
    private static final int ERROR_BYTES_MAX = 2_000;

    private static final int ANSWER_BYTES_MAX = 1 << 30;
    private static final Map<String, String> HEADERS = Map.of("User-Agent", "meridian-sidecar");
    private static final Map<String, String> READ_HEADERS = Map.of(
            "Content-Encoding", "snappy",
            "Content-Type", "application/x-stream-protobuf",
            "User-Agent", "meridian-sidecar",
            "X-Prometheus-Remote-Read-Version", "0.1.0");

    private final URI base;
    private final Duration timeout;
    private final Set<HttpCall> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// A parameter of a request; names may repeat.
    record Parameter(String name, String value) {}

    /// The answer to a remote read, still being received.
    final class Read implements AutoCloseable {
        private final HttpCall call;

        private Read(HttpCall call) {
            this.call = call;
        }

        String contentType() {
            return call.header("content-type");
        }

        InputStream body() {
            return call.body();
        }

        @Override
        public void close() {
            end(call);
        }
    }

    /// @param url     its path comes before every path asked for
    /// @param timeout for small answers, and for connecting
    PrometheusClient(URI url, Duration timeout) {
        this.base = url;
        this.timeout = timeout;
    }

    String url() {
        return base.toString();
    }

    /// The `data` member of an answer of the HTTP API.
    ///
    /// @throws PrometheusException if Prometheus says that it failed
    /// @throws IOException         if it cannot be reached
    @Nullable
    Object api(String path, List<Parameter> parameters) throws IOException {
        String text = get(path, parameters);
        try {
            var answer = Json.parseObject(text);
            if (!"success".equals(answer.get("status"))) {
                throw new PrometheusException(200, path + ": " + answer.get("error"));
            }
            return answer.get("data");
        } catch (JsonException e) {
            throw new PrometheusException(200, url() + path + ": " + e.getMessage());
        }
    }

    /// The body of a small answer.
    String get(String path, List<Parameter> parameters) throws IOException {
        HttpCall call = begin(new HttpCall.Request(resolve(path, parameters), HEADERS, timeout, timeout), null);
        try {
            String text;
            try {
                call.send();
                text = new String(bytes(call.body()), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw named(call, e);
            }
            if (call.status() / 100 != 2) {
                throw new PrometheusException(call.status(), errorText(path, call.status(), text));
            }
            return text;
        } finally {
            end(call);
        }
    }

    /// Posts a remote read; the answer is read as it comes. Cancelling the query ends it.
    ///
    /// @param silence how long Prometheus may send nothing
    Read read(byte[] body, Duration silence, QueryContext context) throws IOException {
        URI uri = resolve("/api/v1/read", List.of());
        HttpCall call = begin(new HttpCall.Request(uri, READ_HEADERS, timeout, silence), body);
        context.onCancel(() -> end(call));
        try {
            call.send();
            if (call.status() / 100 == 2) {
                return new Read(call);
            }
            String text = new String(call.body().readNBytes(ERROR_BYTES_MAX), StandardCharsets.UTF_8);
            throw new PrometheusException(call.status(), errorText("/api/v1/read", call.status(), text));
        } catch (PrometheusException e) {
            end(call);
            throw e;
        } catch (IOException e) {
            end(call);
            throw named(call, e);
        }
    }

    /// Everything of a body.
    static byte[] bytes(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(ANSWER_BYTES_MAX);
        if (bytes.length == ANSWER_BYTES_MAX) {
            throw new IOException("answer is too large: limit=" + ANSWER_BYTES_MAX + " bytes");
        }
        return bytes;
    }

    private HttpCall begin(HttpCall.Request request, byte @Nullable [] posted) throws IOException {
        var call = new HttpCall(request, posted);
        underWay.add(call);
        if (closed) {
            end(call);
            throw new IOException(request.uri() + ": shutting down");
        }
        return call;
    }

    private void end(HttpCall call) {
        underWay.remove(call);
        call.close();
    }

    private static IOException named(HttpCall call, IOException e) {
        String reason = e instanceof ConnectException ? "cannot connect" : e.getMessage();
        return new IOException(call.uri() + ": " + (reason == null ? e.toString() : reason), e);
    }

    private String errorText(String path, int status, String body) {
        String reason = body.strip();
        try {
            Map<String, @Nullable Object> answer = Json.parseObject(body);
            if (answer.get("error") instanceof String error) {
                reason = error;
            }
        } catch (JsonException notJson) {
            // The text itself is the reason.
        }
        return url() + path + ": HTTP " + status + ": " + reason;
    }

    private URI resolve(String path, List<Parameter> parameters) {
        String prefix = base.getRawPath() == null ? "" : base.getRawPath();
        while (prefix.endsWith("/")) {
            prefix = prefix.substring(0, prefix.length() - 1);
        }
        var text = new StringBuilder()
                .append(base.getScheme())
                .append("://")
                .append(base.getRawAuthority())
                .append(prefix)
                .append(path);
        char separator = '?';
        for (Parameter parameter : parameters) {
            text.append(separator)
                    .append(URLEncoder.encode(parameter.name(), StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(parameter.value(), StandardCharsets.UTF_8));
            separator = '&';
        }
        return URI.create(text.toString());
    }

    /// Ends all calls.
    @Override
    public void close() {
        closed = true;
        List.copyOf(underWay).forEach(this::end);
    }
}
