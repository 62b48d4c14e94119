package io.meridian.proto.store;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;

/// A gRPC server that can be called.
///
/// @param name what it is called in notices and logs; usually `host:port`
public record Endpoint(HttpClient client, SocketAddress address, String name) {
    /// @param address `host:port`
    /// @throws IllegalArgumentException if the address has no port
    public static Endpoint of(HttpClient client, String address) {
        int colon = address.lastIndexOf(':');
        try {
            if (colon <= 0) {
                throw new NumberFormatException("no port");
            }
            String host = address.substring(0, colon);
            String plain = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            return new Endpoint(
                    client,
                    SocketAddress.inetSocketAddress(Integer.parseInt(address.substring(colon + 1)), plain),
                    address);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not an address: \"" + address + "\" (write host:port)", e);
        }
    }

    /// A request that was not sent yet.
    Future<HttpClientRequest> request(String path) {
        return client.request(new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(address)
                .setHost(address.host())
                .setPort(address.port())
                .setURI(path));
    }
}
