package io.meridian.querier.http;

import io.meridian.server.http.Exchange;
import io.meridian.server.http.HttpEndpoint;
import io.meridian.server.http.HttpHandler;
import java.io.IOException;
import java.io.InputStream;

/// The page where one types a query: `/`, and the few files that it needs, all from this jar.
public final class QueryPage {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private QueryPage() {}

    /// Adds the page and what it is made of.
    public static void addRoutes(HttpEndpoint.Builder routes) {
        HttpHandler page = file("index.html", HTML);
        routes.get("/", page);
        routes.get("/graph", page);
        routes.get("/static/page.css", file("page.css", STYLE));
        routes.get("/static/page.js", file("page.js", SCRIPT));
        routes.get("/static/uplot.js", file("uPlot.iife.min.js", SCRIPT));
        routes.get("/static/uplot.css", file("uPlot.min.css", STYLE));
        routes.get("/favicon.ico", exchange -> exchange.respond(204));
    }

    private static HttpHandler file(String name, String contentType) {
        byte[] content = read(name);
        return exchange -> send(exchange, contentType, content);
    }

    private static void send(Exchange exchange, String contentType, byte[] content) throws IOException {
        exchange.setHeader("Cache-Control", "no-cache");
        exchange.respond(200, contentType, content);
    }

    private static byte[] read(String name) {
        try (InputStream in = QueryPage.class.getResourceAsStream("/io/meridian/querier/page/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the page misses a file in this build: " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read a file of the page: " + name, e);
        }
    }
}
