package io.meridian.server.http;

import io.meridian.server.Completion;
import io.meridian.server.Metrics;
import io.meridian.server.Probes;
import io.meridian.server.Service;
import io.meridian.server.flag.HostPort;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.flag.WebFlags;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An HTTP server. `/-/ready` and `/-/healthy` are answered on the event loop, so they answer while every worker is
/// busy; everything else runs on virtual threads.
public final class HttpEndpoint {
    private static final Logger log = LoggerFactory.getLogger(HttpEndpoint.class);

    /// Longest request line and longest sum of headers, in bytes: Grafana sends long queries.
    static final int HEAD_BYTES_MAX = 1 << 20;
    /// Largest body, in bytes.
    static final int BODY_BYTES_MAX = 10 << 20;

    private static final String TEXT = "text/plain; charset=utf-8";

    private final Vertx vertx;
    private final HttpServer server;
    private final List<Route> routes;
    private final Probes probes;
    private final Metrics metrics;
    private final boolean cors;
    private final String routePrefix;
    private final String externalPrefix;
    private final String prefixHeader;

    private HttpEndpoint(Builder builder, HostPort address) {
        this.vertx = builder.service.vertx();
        this.routes = List.copyOf(builder.routes);
        this.probes = builder.probes;
        this.metrics = builder.metrics;
        this.cors = builder.cors;
        this.externalPrefix = builder.externalPrefix;
        this.routePrefix = builder.routePrefix.isEmpty() ? builder.externalPrefix : builder.routePrefix;
        this.prefixHeader = builder.prefixHeader;
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost(address.host())
                        .setPort(address.port())
                        .setMaxInitialLineLength(HEAD_BYTES_MAX)
                        .setMaxHeaderSize(HEAD_BYTES_MAX))
                .requestHandler(this::accept);
    }

    /// Routes of a server of this service; probes and `/metrics` are there already.
    public static Builder builder(Service service) {
        return builder(service, service.probes(), service.metrics());
    }

    /// Routes of a server with probes and metrics of its own.
    public static Builder builder(Service service, Probes probes, Metrics metrics) {
        return new Builder(service, probes, metrics);
    }

    /// Collects routes.
    public static final class Builder {
        private final Service service;
        private final Probes probes;
        private final Metrics metrics;
        private final List<Route> routes = new ArrayList<>();
        private boolean cors = true;
        private String routePrefix = "";
        private String externalPrefix = "";
        private String prefixHeader = "";

        private Builder(Service service, Probes probes, Metrics metrics) {
            this.service = service;
            this.probes = probes;
            this.metrics = metrics;
            get("/metrics", exchange -> exchange.respond(200, Metrics.CONTENT_TYPE, metrics.scrape()));
        }

        public Builder web(WebFlags flags) {
            cors = !flags.disableCors;
            routePrefix = cleanPrefix(flags.routePrefix);
            externalPrefix = cleanPrefix(flags.externalPrefix);
            prefixHeader = flags.prefixHeader;
            return this;
        }

        public Builder get(String pattern, HttpHandler handler) {
            return route(Set.of("GET", "HEAD"), pattern, handler);
        }

        public Builder post(String pattern, HttpHandler handler) {
            return route(Set.of("POST"), pattern, handler);
        }

        public Builder getOrPost(String pattern, HttpHandler handler) {
            return route(Set.of("GET", "HEAD", "POST"), pattern, handler);
        }

        /// The first route that fits answers.
        ///
        /// @param pattern parts in braces are path parameters; a last `{name...}` takes the rest of the path
        public Builder route(Set<String> methods, String pattern, HttpHandler handler) {
            routes.add(Route.of(methods, pattern, handler));
            return this;
        }

        /// Listens until the service stops; then requests under way may end within the grace period.
        ///
        /// @throws IOException if the address cannot be had
        public HttpEndpoint serve(HttpFlags flags) throws IOException {
            HostPort address = flags.address;
            var endpoint = new HttpEndpoint(this, address);
            Completion.await(endpoint.server.listen(), "cannot serve HTTP at " + address);
            service.onStop(
                    "http", () -> Completion.await(endpoint.server.shutdown(flags.gracePeriod), "stopping HTTP"));
            log.atInfo()
                    .addKeyValue("address", address.host() + ":" + endpoint.port())
                    .log("listening for HTTP");
            return endpoint;
        }
    }

    /// The port in use.
    public int port() {
        return server.actualPort();
    }

    /// `/a/b/` → `/a/b`, `a` → `/a`, `/` → ``.
    static String cleanPrefix(String prefix) {
        String clean = prefix;
        if (clean.contains("://")) {
            int slash = clean.indexOf('/', clean.indexOf("://") + 3);
            clean = slash < 0 ? "" : clean.substring(slash);
        }
        while (clean.endsWith("/")) {
            clean = clean.substring(0, clean.length() - 1);
        }
        return clean.isEmpty() || clean.startsWith("/") ? clean : "/" + clean;
    }

    /// On the event loop.
    private void accept(HttpServerRequest request) {
        String path = request.path();
        if (path == null) {
            request.response().setStatusCode(400).end();
            return;
        }
        switch (path) {
            case "/-/healthy" -> answerNow(request, 200, "OK");
            case "/-/ready" -> {
                if (probes.isReady()) {
                    answerNow(request, 200, "OK");
                } else {
                    answerNow(request, 503, "not ready: " + probes.reason());
                }
            }
            default -> dispatch(request, path);
        }
    }

    private void dispatch(HttpServerRequest request, String path) {
        if (cors) {
            addCors(request);
        }
        String method = request.method().name();
        if (method.equals("OPTIONS")) {
            request.response().setStatusCode(204).end();
            return;
        }
        if (!routePrefix.isEmpty() && path.equals("/")) {
            request.response()
                    .setStatusCode(302)
                    .putHeader("Location", routePrefix + "/")
                    .end();
            return;
        }
        boolean below = path.equals(routePrefix) || path.startsWith(routePrefix + "/");
        if (!below && !path.equals("/metrics")) {
            answerNow(request, 404, "404 page not found");
            return;
        }
        String inner = below ? path.substring(routePrefix.length()) : path;
        find(request, method, inner.isEmpty() ? "/" : inner);
    }

    private void find(HttpServerRequest request, String method, String path) {
        List<String> parts = Route.split(path);
        var allowed = new TreeSet<String>();
        try {
            for (Route route : routes) {
                Map<String, String> found = route.match(parts);
                if (found != null) {
                    if (route.methods().contains(method)) {
                        receive(request, route, path, found);
                        return;
                    }
                    allowed.addAll(route.methods());
                    allowed.add("OPTIONS");
                }
            }
        } catch (IllegalArgumentException e) {
            answerNow(request, 400, String.valueOf(e.getMessage()));
            return;
        }
        if (allowed.isEmpty()) {
            answerNow(request, 404, "404 page not found");
        } else {
            request.response().putHeader("Allow", String.join(", ", allowed));
            answerNow(request, 405, "Method Not Allowed\n");
        }
    }

    /// Collects the body, then leaves the event loop.
    private void receive(HttpServerRequest request, Route route, String path, Map<String, String> found) {
        Context context = vertx.getOrCreateContext();
        var stream = new ResponseStream(context, request.response());
        Buffer body = Buffer.buffer();
        boolean[] tooLarge = new boolean[1];
        request.handler(piece -> {
            if (body.length() + piece.length() > BODY_BYTES_MAX) {
                if (!tooLarge[0]) {
                    tooLarge[0] = true;
                    answerNow(request, 413, "request body too large: limit=" + BODY_BYTES_MAX + " bytes");
                }
            } else {
                body.appendBuffer(piece);
            }
        });
        request.endHandler(_ -> {
            if (!tooLarge[0]) {
                byte[] bytes = body.getBytes();
                Thread.ofVirtual().name("http").start(() -> handle(request, route, path, found, stream, bytes));
            }
        });
    }

    private void handle(
            HttpServerRequest request,
            Route route,
            String path,
            Map<String, String> found,
            ResponseStream stream,
            byte[] body) {
        long start = System.nanoTime();
        var parameters = new Parameters();
        boolean form = isForm(request);
        var exchange = new Exchange(
                request, stream, path, found, parameters, form ? new byte[0] : body, externalPrefix(request));
        try {
            if (!readParameters(request, form ? body : null, exchange, parameters)) {
                return;
            }
            route.handler().handle(exchange);
            if (!exchange.isAnswered()) {
                exchange.respond(204);
            }
        } catch (ClientGoneException e) {
            log.debug("client went away: {} {}", exchange.method(), path);
        } catch (Exception | StackOverflowError | LinkageError e) {
            failed(exchange, path, e);
        } finally {
            metrics.timer(
                            "http_request_duration",
                            "Time until the answer was handed to the network.",
                            "handler",
                            route.pattern(),
                            "method",
                            exchange.method(),
                            "code",
                            Integer.toString(exchange.status()))
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    private static boolean readParameters(
            HttpServerRequest request, byte @Nullable [] form, Exchange exchange, Parameters parameters)
            throws IOException {
        try {
            if (form != null) {
                parameters.addEncoded(new String(form, java.nio.charset.StandardCharsets.UTF_8));
            }
            String query = request.query();
            if (query != null) {
                parameters.addEncoded(query);
            }
            return true;
        } catch (IllegalArgumentException e) {
            exchange.respond(400, TEXT, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private static boolean isForm(HttpServerRequest request) {
        String type = request.getHeader("Content-Type");
        return type != null && type.strip().regionMatches(true, 0, "application/x-www-form-urlencoded", 0, 33);
    }

    private static void failed(Exchange exchange, String path, Throwable failure) {
        log.error("answering {} {} failed", exchange.method(), path, failure);
        if (exchange.isAnswered()) {
            exchange.abort();
            return;
        }
        try {
            exchange.respond(500, TEXT, "internal error: " + failure);
        } catch (IOException e) {
            log.debug("client went away before the error: {}", path, e);
        }
    }

    private String externalPrefix(HttpServerRequest request) {
        String given = prefixHeader.isEmpty() ? null : request.getHeader(prefixHeader);
        return given == null ? externalPrefix : cleanPrefix(given);
    }

    private static void answerNow(HttpServerRequest request, int status, String text) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", TEXT)
                .end(request.method().equals(HttpMethod.HEAD) ? "" : text);
    }

    private static void addCors(HttpServerRequest request) {
        request.response()
                .putHeader("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Origin")
                .putHeader("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
                .putHeader("Access-Control-Allow-Origin", "*")
                .putHeader("Access-Control-Expose-Headers", "Date");
    }
}
