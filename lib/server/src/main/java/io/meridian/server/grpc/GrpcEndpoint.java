package io.meridian.server.grpc;

import io.meridian.server.Completion;
import io.meridian.server.Probes;
import io.meridian.server.flag.GrpcServerFlags;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.health.HealthService;
import io.vertx.grpc.reflection.ReflectionService;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A gRPC server with health and reflection. Messages may be as large as an array; identity and gzip are read, any
/// other compression is refused with UNIMPLEMENTED and the list of what is accepted.
public final class GrpcEndpoint {
    private static final Logger log = LoggerFactory.getLogger(GrpcEndpoint.class);
    private static final String ACCEPTED_ENCODINGS = "identity,gzip";

    private final Vertx vertx;
    private final HttpServer server;
    private final GrpcServer grpc;

    private GrpcEndpoint(Vertx vertx, GrpcServerFlags flags, Probes probes, List<Service> services) {
        this.vertx = vertx;
        this.grpc = GrpcServer.server(
                vertx,
                new GrpcServerOptions()
                        .setMaxMessageSize(Integer.MAX_VALUE)
                        .setScheduleDeadlineAutomatically(true)
                        .removeEnabledProtocol(GrpcProtocol.TRANSCODING)
                        .removeEnabledProtocol(GrpcProtocol.WEB)
                        .removeEnabledProtocol(GrpcProtocol.WEB_TEXT));
        HealthService health = HealthService.create(vertx);
        health.register("meridian", () -> Future.succeededFuture(probes.isReady()));
        for (Service service : services) {
            grpc.addService(service);
            health.register(service.name().fullyQualifiedName(), () -> Future.succeededFuture(probes.isReady()));
        }
        grpc.addService(health);
        grpc.addService(ReflectionService.v1());
        this.server = vertx.createHttpServer(Tls.serverOptions(flags)).requestHandler(this::accept);
        long maxAgeMs = flags.maxConnectionAge.toMillis();
        if (maxAgeMs > 0) {
            server.connectionHandler(connection -> limitAge(connection, maxAgeMs, flags.gracePeriod));
        }
    }

    /// Serves until the process stops; then calls under way may end within the grace period.
    ///
    /// @throws IOException              if the address cannot be had
    /// @throws IllegalArgumentException if TLS flags contradict each other
    public static GrpcEndpoint serve(io.meridian.server.Service process, GrpcServerFlags flags, List<Service> services)
            throws IOException {
        var endpoint = new GrpcEndpoint(process.vertx(), flags, process.probes(), services);
        Completion.await(endpoint.server.listen(), "cannot serve gRPC at " + flags.address);
        process.onStop("grpc", () -> Completion.await(endpoint.server.shutdown(flags.gracePeriod), "stopping gRPC"));
        log.atInfo()
                .addKeyValue("address", flags.address.host() + ":" + endpoint.port())
                .log("listening for gRPC");
        return endpoint;
    }

    /// The port in use.
    public int port() {
        return server.actualPort();
    }

    private void limitAge(HttpConnection connection, long maxAgeMs, Duration gracePeriod) {
        // A tenth more or less, so that clients that came together do not leave together.
        long ageMs = (long) (maxAgeMs * (0.9 + 0.2 * Math.random()));
        long timer = vertx.setTimer(
                Math.max(1, ageMs),
                _ -> connection.shutdown(Math.max(1, gracePeriod.toMillis()), TimeUnit.MILLISECONDS));
        connection.closeHandler(_ -> vertx.cancelTimer(timer));
    }

    private void accept(HttpServerRequest request) {
        String encoding = request.getHeader("grpc-encoding");
        if (encoding != null && !encoding.equals("identity") && !encoding.equals("gzip")) {
            request.response()
                    .putHeader("content-type", "application/grpc")
                    .putHeader("grpc-accept-encoding", ACCEPTED_ENCODINGS)
                    .putHeader("grpc-status", Integer.toString(GrpcStatus.UNIMPLEMENTED.code))
                    .putHeader(
                            "grpc-message",
                            "compression " + encoding.replaceAll("[^A-Za-z0-9._-]", "?") + " is not accepted, only "
                                    + ACCEPTED_ENCODINGS)
                    .end();
            return;
        }
        // for services that write their messages themselves
        vertx.getOrCreateContext()
                .getLocal(ContextInternal.LOCAL_MAP, ConcurrentHashMap::new)
                .put(HttpServerResponse.class, request.response());
        grpc.handle(request);
    }
}
