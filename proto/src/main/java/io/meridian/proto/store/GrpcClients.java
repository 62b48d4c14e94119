package io.meridian.proto.store;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;

/// Makes the HTTP/2 clients that gRPC calls go through.
public final class GrpcClients {
    private GrpcClients() {}

    /// A client for any number of endpoints.
    ///
    /// @param options HTTP/2 with its windows and TLS
    public static HttpClient create(Vertx vertx, HttpClientOptions options) {
        return vertx.createHttpClient(options);
    }
}
