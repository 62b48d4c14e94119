package io.meridian.querier.http;

import io.meridian.model.QueryException;
import io.meridian.server.http.Exchange;
import io.meridian.server.http.HttpHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An endpoint of the API: whatever is wrong with a request is said in the envelope.
@FunctionalInterface
interface ApiHandler {
    Logger LOG = LoggerFactory.getLogger(ApiHandler.class);

    void handle(Exchange exchange) throws Exception;

    /// As a handler of the HTTP server.
    static HttpHandler of(ApiHandler handler) {
        return exchange -> {
            try {
                handler.handle(exchange);
            } catch (ApiException e) {
                Envelope.failure(exchange, e);
            } catch (QueryException e) {
                if (ErrorType.of(e.fault()) == ErrorType.INTERNAL) {
                    LOG.error("query failed", e);
                }
                Envelope.failure(exchange, ApiException.of(e));
            } catch (RuntimeException e) {
                LOG.error("request failed", e);
                Envelope.failure(exchange, new ApiException(ErrorType.INTERNAL, String.valueOf(e)));
            }
        };
    }
}
