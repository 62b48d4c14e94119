package io.meridian.proto.store;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;

/// Makes gRPC clients that take messages of any size.
public final class GrpcClients {
    private GrpcClients() {}

    /// A client for any number of endpoints.
    ///
    /// @param options HTTP/2 with its windows and TLS
    public static GrpcClient create(Vertx vertx, HttpClientOptions options) {
        return GrpcClient.client(vertx, new GrpcClientOptions().setMaxMessageSize(Integer.MAX_VALUE), options);
    }
}
