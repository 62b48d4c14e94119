package io.meridian.proto.store;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;

/// A gRPC server that can be called.
///
/// @param name what it is called in notices and logs; usually `host:port`
public record Endpoint(GrpcClient client, SocketAddress address, String name) {
    /// @param address `host:port`
    /// @throws IllegalArgumentException if the address has no port
    public static Endpoint of(GrpcClient client, String address) {
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

    public static ServiceMethod<Buffer, Buffer> method(ServiceName service, String name) {
        return ServiceMethod.client(service, name, GrpcMessageEncoder.IDENTITY, GrpcMessageDecoder.IDENTITY);
    }
}
