package io.meridian.server.flag;

import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/// Where gRPC is served, with which certificate, and how it ends.
public final class GrpcServerFlags {
    @Option(
            names = "--grpc-address",
            defaultValue = "0.0.0.0:10901",
            paramLabel = "HOST:PORT",
            description = "Where to serve gRPC. Default: ${DEFAULT-VALUE}")
    public HostPort address;

    @Option(
            names = "--grpc-grace-period",
            defaultValue = "2m",
            paramLabel = "DURATION",
            description = "How long calls may go on after SIGTERM. Default: ${DEFAULT-VALUE}")
    public Duration gracePeriod;

    @Option(
            names = "--grpc-server-max-connection-age",
            defaultValue = "60m",
            paramLabel = "DURATION",
            description = "Connections are asked to leave after this time; 0s: never. Default: ${DEFAULT-VALUE}")
    public Duration maxConnectionAge;

    @Option(
            names = "--grpc-server-tls-cert",
            defaultValue = "",
            paramLabel = "FILE",
            description = "TLS certificate (PEM); empty: no TLS.")
    public String tlsCertificate;

    @Option(
            names = "--grpc-server-tls-key",
            defaultValue = "",
            paramLabel = "FILE",
            description = "TLS key (PEM); empty: no TLS.")
    public String tlsKey;

    @Option(
            names = "--grpc-server-tls-client-ca",
            defaultValue = "",
            paramLabel = "FILE",
            description = "Certificate authority (PEM) that clients must be signed by; empty: clients need none.")
    public String tlsClientCa;

    @Option(
            names = "--grpc-server-tls-min-version",
            defaultValue = "1.3",
            paramLabel = "VERSION",
            description = "Lowest TLS version: 1.0, 1.1, 1.2 or 1.3. Default: ${DEFAULT-VALUE}")
    public String tlsMinVersion;

    @Option(
            names = "--grpc-server-tls-ciphers",
            split = ",",
            paramLabel = "NAME",
            description = "TLS cipher suites for versions below 1.3; empty: the JDK's defaults.")
    public List<String> tlsCiphers = List.of();
}
