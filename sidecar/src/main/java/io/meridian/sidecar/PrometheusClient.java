package io.meridian.sidecar;

import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Calls one Prometheus over HTTP. Blocks.
final class PrometheusClient implements AutoCloseable {
    private static final int ERROR_BYTES_MAX = 2_000;

    private final URI base;
    private final HttpClient http;
    private final Duration timeout;

    /// A parameter of a request; names may repeat.
    record Parameter(String name, String value) {}

    /// An answer that is still being received; must be closed.
    record Streamed(String contentType, InputStream body) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /// @param url     its path comes before every path asked for
    /// @param timeout for small answers
    PrometheusClient(URI url, Duration timeout) {
        this.base = url;
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
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
        HttpRequest request = HttpRequest.newBuilder(resolve(path, parameters))
                .timeout(timeout)
                .header("User-Agent", "meridian-sidecar")
                .build();
        HttpResponse<String> response = send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() / 100 != 2) {
            throw new PrometheusException(
                    response.statusCode(), errorText(path, response.statusCode(), response.body()));
        }
        return response.body();
    }

    /// Posts a remote read; the answer is read as it comes.
    Streamed read(byte[] body, Duration patience) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(resolve("/api/v1/read", List.of()))
                .timeout(patience)
                .header("Content-Encoding", "snappy")
                .header("Content-Type", "application/x-stream-protobuf")
                .header("User-Agent", "meridian-sidecar")
                .header("X-Prometheus-Remote-Read-Version", "0.1.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<InputStream> response = send(request, HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() / 100 != 2) {
            try (InputStream in = response.body()) {
                String text = new String(in.readNBytes(ERROR_BYTES_MAX), StandardCharsets.UTF_8);
                throw new PrometheusException(
                        response.statusCode(), errorText("/api/v1/read", response.statusCode(), text));
            }
        }
        return new Streamed(
                response.headers().firstValue("Content-Type").orElse(""),
                new java.io.BufferedInputStream(response.body(), 1 << 16));
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws IOException {
        try {
            return http.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while asking " + request.uri());
        } catch (IOException e) {
            String reason = e instanceof java.net.ConnectException ? "cannot connect" : e.getMessage();
            throw new IOException(request.uri() + ": " + (reason == null ? e.toString() : reason), e);
        }
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

    @Override
    public void close() {
        http.shutdownNow();
    }
}
