package io.meridian.server.flag;

import picocli.CommandLine.Option;

/// TLS towards other gRPC servers.
public final class GrpcClientFlags {
    @Option(names = "--grpc-client-tls-secure", negatable = true, description = "Use TLS towards endpoints.")
    public boolean secure;

    @Option(
            names = "--grpc-client-tls-skip-verify",
            negatable = true,
            description = "Do not check the certificate and name of endpoints.")
    public boolean skipVerify;

    @Option(
            names = "--grpc-client-tls-cert",
            defaultValue = "",
            paramLabel = "FILE",
            description = "Certificate (PEM) shown to endpoints.")
    public String certificate;

    @Option(
            names = "--grpc-client-tls-key",
            defaultValue = "",
            paramLabel = "FILE",
            description = "Key (PEM) of that certificate.")
    public String key;

    @Option(
            names = "--grpc-client-tls-ca",
            defaultValue = "",
            paramLabel = "FILE",
            description = "Certificate authority (PEM) of endpoints; empty: the system's.")
    public String ca;

    @Option(
            names = "--grpc-client-tls-min-version",
            defaultValue = "1.3",
            paramLabel = "VERSION",
            description = "Lowest TLS version: 1.0, 1.1, 1.2 or 1.3. Default: ${DEFAULT-VALUE}")
    public String minVersion;

    @Option(
            names = "--grpc-client-server-name",
            defaultValue = "",
            paramLabel = "NAME",
            description = "Name that the endpoints' certificate must have; empty: the host of the address.")
    public String serverName;

    @Option(
            names = "--grpc-compression",
            defaultValue = "none",
            paramLabel = "NAME",
            description = "Compression of calls to endpoints: none or gzip. Default: ${DEFAULT-VALUE}")
    public String compression;
}
