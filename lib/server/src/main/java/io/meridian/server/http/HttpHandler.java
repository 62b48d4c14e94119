package io.meridian.server.http;

/// Answers requests, on a virtual thread: it may block, and may compute little. An exception becomes a 500.
@FunctionalInterface
public interface HttpHandler {
    void handle(Exchange exchange) throws Exception;
}
