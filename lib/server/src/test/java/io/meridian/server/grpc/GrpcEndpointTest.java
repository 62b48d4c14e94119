package io.meridian.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.GrpcServerFlags;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class GrpcEndpointTest {
    private final Service service = Service.create("test");

    @Command
    static final class Holder {
        @Mixin
        GrpcServerFlags flags;
    }

    private static GrpcServerFlags flags(String... arguments) {
        var holder = new Holder();
        Flags.commandLine(holder, List.of()).parseArgs(arguments);
        return holder.flags;
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private record Answer(@Nullable String status, @Nullable String message, Buffer body) {}

    private Answer call(int port, String path, String encoding, byte[] message) throws Exception {
        HttpClient client = service.vertx().createHttpClient(Tls.plainClientOptions());
        Buffer body =
                Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message);
        return client.request(HttpMethod.POST, port, "127.0.0.1", path)
                .compose(request -> request.putHeader("content-type", "application/grpc")
                        .putHeader("te", "trailers")
                        .putHeader("grpc-encoding", encoding)
                        .send(body))
                .compose(response -> response.body().map(bytes -> {
                    String status = response.getTrailer("grpc-status");
                    return status != null
                            ? new Answer(status, "", bytes)
                            : new Answer(response.getHeader("grpc-status"), response.getHeader("grpc-message"), bytes);
                }))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @Test
    void health_followsProbes_unknownCompressionIsRefused() throws Exception {
        service.probes().notReady("x", "starting");
        var flags = flags("--grpc-address=127.0.0.1:0", "--grpc-grace-period=1s");
        var endpoint = GrpcEndpoint.serve(service, flags, List.of());
        String check = "/grpc.health.v1.Health/Check";
        // HealthCheckRequest{service: "meridian"}
        byte[] named = "\n\u0008meridian".getBytes(StandardCharsets.UTF_8);
        // HealthCheckResponse{status: 1 = SERVING | 2 = NOT_SERVING}
        assertThat(call(endpoint.port(), check, "identity", named).body().getBytes())
                .endsWith(8, 2);
        service.probes().ready("x");
        assertThat(call(endpoint.port(), check, "identity", named).body().getBytes())
                .endsWith(8, 1);
        Answer refused = call(endpoint.port(), check, "snappy", named);
        assertThat(refused.status()).isEqualTo("12");
        assertThat(refused.message()).contains("snappy");
    }

    @Test
    void tls_contradictingFlags_areNamed() {
        assertThatThrownBy(() -> Tls.serverOptions(flags("--grpc-server-tls-cert=a.pem")))
                .hasMessageContaining("--grpc-server-tls-key");
        assertThatThrownBy(() -> Tls.serverOptions(flags(
                        "--grpc-server-tls-cert=a", "--grpc-server-tls-key=b", "--grpc-server-tls-min-version=2")))
                .hasMessageContaining("--grpc-server-tls-min-version");
    }
}
