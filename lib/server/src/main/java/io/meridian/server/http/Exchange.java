package io.meridian.server.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// One request and its answer, used by one thread. Blocks where the network does.
public final class Exchange {
    private static final int GZIP_BYTES_MIN = 1024;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final ResponseStream stream;
    private final Map<String, String> pathParameters;
    private final Parameters parameters;
    private final byte[] requestBody;
    private final String path;
    private final String externalPrefix;
    private boolean answered;

    Exchange(
            HttpServerRequest request,
            ResponseStream stream,
            String path,
            Map<String, String> pathParameters,
            Parameters parameters,
            byte[] requestBody,
            String externalPrefix) {
        this.request = request;
        this.response = request.response();
        this.stream = stream;
        this.path = path;
        this.pathParameters = pathParameters;
        this.parameters = parameters;
        this.requestBody = requestBody;
        this.externalPrefix = externalPrefix;
    }

    /// `GET`, `POST`, …
    public String method() {
        return request.method().name();
    }

    /// The path without the route prefix, not decoded.
    public String path() {
        return path;
    }

    /// The prefix to put before links and redirects; `""` or `/…` without a slash at the end.
    public String externalPrefix() {
        return externalPrefix;
    }

    /// A part of the path that the route names in braces, decoded.
    public String pathParameter(String name) {
        String value = pathParameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no part named " + name);
        }
        return value;
    }

    /// Parameters of form and URL.
    public Parameters parameters() {
        return parameters;
    }

    /// The first value of a parameter, or `""`.
    public String parameter(String name) {
        String value = parameters.first(name);
        return value == null ? "" : value;
    }

    /// The request's header, or null.
    public @Nullable String header(String name) {
        return request.getHeader(name);
    }

    /// The body; empty for forms, whose content is in [#parameters].
    public byte[] body() {
        return requestBody;
    }

    public String remoteAddress() {
        return String.valueOf(request.remoteAddress());
    }

    /// Runs the action if the client goes away before the answer is complete; at once if it already has.
    public void onDisconnect(Runnable action) {
        stream.onDisconnect(action);
    }

    /// Whether the client has gone.
    public boolean isDisconnected() {
        return stream.isClosed();
    }

    public Exchange setHeader(String name, String value) {
        response.putHeader(name, value);
        return this;
    }

    /// Answers with a whole body; compressed where the client can read it and it pays.
    public void respond(int status, String contentType, byte[] body) throws IOException {
        if (body.length < GZIP_BYTES_MIN) {
            begin(status, contentType);
            response.putHeader("Content-Length", Integer.toString(body.length));
            stream.end(request.method().name().equals("HEAD") ? new byte[0] : body);
            return;
        }
        try (OutputStream out = stream(status, contentType)) {
            out.write(body);
        }
    }

    public void respond(int status, String contentType, String body) throws IOException {
        respond(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /// Answers with a status and no body.
    public void respond(int status) throws IOException {
        begin(status, null);
        stream.end(new byte[0]);
    }

    public void redirect(String location) throws IOException {
        response.putHeader("Location", location);
        respond(302);
    }

    /// Begins an answer whose body is written piece by piece; closing the stream ends it. Writing blocks while the
    /// client reads slower, and throws [ClientGoneException] once it has gone.
    public OutputStream stream(int status, String contentType) throws IOException {
        begin(status, contentType);
        if (acceptsGzip()) {
            response.putHeader("Content-Encoding", "gzip");
            response.putHeader("Vary", "Accept-Encoding");
            return new FastGzip(stream.asOutputStream());
        }
        return stream.asOutputStream();
    }

    private void begin(int status, @Nullable String contentType) {
        if (answered) {
            throw new IllegalStateException("answered twice: " + path);
        }
        answered = true;
        response.setStatusCode(status);
        if (contentType != null) {
            response.putHeader("Content-Type", contentType);
        }
    }

    boolean isAnswered() {
        return answered;
    }

    void abort() {
        stream.abort();
    }

    int status() {
        return response.getStatusCode();
    }

    private boolean acceptsGzip() {
        String accepted = request.getHeader("Accept-Encoding");
        if (accepted == null) {
            return false;
        }
        for (String part : accepted.toLowerCase(Locale.ROOT).split(",")) {
            String[] fields = part.strip().split(";");
            if (fields[0].strip().equals("gzip")) {
                return fields.length < 2 || !fields[1].strip().matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    /// Level 1: answers are large and the network is near.
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, 8192);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
