package io.meridian.storegateway;

import io.meridian.proto.info.InfoService;
import io.meridian.proto.store.StoreService;
import io.meridian.server.DataDirectory;
import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.GrpcServerFlags;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.flag.InertFlag;
import io.meridian.server.flag.LogFlags;
import io.meridian.server.flag.WebFlags;
import io.meridian.server.grpc.GrpcEndpoint;
import io.meridian.server.http.HttpEndpoint;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `meridian store`: the component with its HTTP and gRPC servers.
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        versionProvider = Flags.Version.class,
        sortOptions = true,
        description = "Serves the blocks of a bucket as StoreAPI.")
public final class StoreGateway implements Callable<Integer> {
    /// Known flags without effect; for the command line of this command.
    public static final List<InertFlag> INERT = StoreFlags.INERT;

    private static final String NAME = "store";
    private static final long CALL_BYTES_MAX =
            Math.max(256L << 20, Runtime.getRuntime().maxMemory() / 2);

    @Spec
    CommandSpec spec;

    @Mixin
    LogFlags logging;

    @Mixin
    HttpFlags http;

    @Mixin
    WebFlags web;

    @Mixin
    GrpcServerFlags grpc;

    @Mixin
    StoreFlags flags;

    @Override
    public Integer call() throws Exception {
        logging.apply();
        Flags.warnAboutInert(spec.commandLine(), INERT);
        try (DataDirectory data = DataDirectory.open(flags.dataDirectory);
                Service service = Service.create(NAME)) {
            StoreComponent component =
                    StoreComponent.start(NAME, service, flags, data.path().resolve(NAME));
            HttpEndpoint httpEndpoint =
                    component.addRoutes(HttpEndpoint.builder(service).web(web)).start(http.address);
            service.onStop("http", () -> httpEndpoint.stop(http.gracePeriod));
            GrpcEndpoint grpcEndpoint = GrpcEndpoint.start(
                    service.vertx(),
                    grpc,
                    service.probes(),
                    List.of(
                            new StoreService(service.vertx(), component.source(), CALL_BYTES_MAX),
                            new InfoService(component::info, service.probes()::isReady)));
            service.onStop("grpc", () -> grpcEndpoint.stop(grpc.gracePeriod));
            return service.awaitTermination();
        }
    }
}
