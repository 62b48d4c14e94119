package io.meridian.server.grpc;

import io.meridian.server.flag.GrpcClientFlags;
import io.meridian.server.flag.GrpcServerFlags;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Options of gRPC connections: windows, and TLS from flags.
public final class Tls {
    /// HTTP/2 flow-control window of streams and connections, in bytes. Larger than the default 64 KiB because it
    /// bounds the bytes under way.
    public static final int WINDOW_BYTES = 4 << 20;

    private static final List<String> VERSIONS = List.of("1.0", "1.1", "1.2", "1.3");

    private Tls() {}

    /// @throws IllegalArgumentException if the flags contradict each other
    public static HttpServerOptions serverOptions(GrpcServerFlags flags) {
        var options = new HttpServerOptions()
                .setHost(flags.address.host())
                .setPort(flags.address.port())
                .setHttp2ConnectionWindowSize(WINDOW_BYTES)
                .setInitialSettings(new Http2Settings()
                        .setInitialWindowSize(WINDOW_BYTES)
                        .setMaxConcurrentStreams(Integer.MAX_VALUE));
        if (flags.tlsCertificate.isEmpty() && flags.tlsKey.isEmpty()) {
            if (!flags.tlsClientCa.isEmpty()) {
                throw new IllegalArgumentException(
                        "--grpc-server-tls-client-ca needs --grpc-server-tls-cert and --grpc-server-tls-key");
            }
            return options;
        }
        if (flags.tlsCertificate.isEmpty() || flags.tlsKey.isEmpty()) {
            throw new IllegalArgumentException(
                    "--grpc-server-tls-cert and --grpc-server-tls-key must be given together");
        }
        options.setSsl(true)
                .setUseAlpn(true)
                .setEnabledSecureTransportProtocols(protocols("--grpc-server-tls-min-version", flags.tlsMinVersion))
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(flags.tlsCertificate)
                        .setKeyPath(flags.tlsKey));
        flags.tlsCiphers.forEach(options::addEnabledCipherSuite);
        if (!flags.tlsClientCa.isEmpty()) {
            options.setClientAuth(ClientAuth.REQUIRED)
                    .setTrustOptions(new PemTrustOptions().addCertPath(flags.tlsClientCa));
        }
        return options;
    }

    /// Options of a client without TLS.
    public static HttpClientOptions plainClientOptions() {
        return new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2ConnectionWindowSize(WINDOW_BYTES)
                .setHttp2KeepAliveTimeout(0)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(WINDOW_BYTES));
    }

    /// Options of a client as the flags say.
    ///
    /// @throws IllegalArgumentException if the flags contradict each other
    public static HttpClientOptions clientOptions(GrpcClientFlags flags) {
        HttpClientOptions options = plainClientOptions();
        if (!flags.secure) {
            return options;
        }
        if (flags.certificate.isEmpty() != flags.key.isEmpty()) {
            throw new IllegalArgumentException(
                    "--grpc-client-tls-cert and --grpc-client-tls-key must be given together");
        }
        options.setSsl(true)
                .setUseAlpn(true)
                .setTrustAll(flags.skipVerify)
                .setVerifyHost(!flags.skipVerify)
                .setEnabledSecureTransportProtocols(protocols("--grpc-client-tls-min-version", flags.minVersion));
        if (!flags.ca.isEmpty()) {
            options.setTrustOptions(new PemTrustOptions().addCertPath(flags.ca));
        }
        if (!flags.certificate.isEmpty()) {
            options.setKeyCertOptions(
                    new PemKeyCertOptions().setCertPath(flags.certificate).setKeyPath(flags.key));
        }
        return options;
    }

    private static Set<String> protocols(String flag, String minVersion) {
        int first = VERSIONS.indexOf(minVersion);
        if (first < 0) {
            throw new IllegalArgumentException(
                    flag + ": unknown TLS version \"" + minVersion + "\" (1.0, 1.1, 1.2 or 1.3)");
        }
        var names = new LinkedHashSet<String>();
        for (String version : VERSIONS.subList(first, VERSIONS.size())) {
            names.add(version.equals("1.0") ? "TLSv1" : "TLSv" + version);
        }
        return names;
    }
}
