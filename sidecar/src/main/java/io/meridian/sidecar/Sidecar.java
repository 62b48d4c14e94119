package io.meridian.sidecar;

import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.GrpcServerFlags;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.flag.InertFlag;
import io.meridian.server.flag.LogFlags;
import io.meridian.server.grpc.GrpcEndpoint;
import io.meridian.server.http.HttpEndpoint;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `meridian sidecar`: the component with its HTTP and gRPC servers.
@Command(
        name = "sidecar",
        mixinStandardHelpOptions = true,
        versionProvider = Flags.Version.class,
        sortOptions = true,
        description = "Serves a live Prometheus as StoreAPI and ships its blocks to a bucket.")
public final class Sidecar implements Callable<Integer> {
    /// Known flags without effect; for the command line of this command.
    public static final List<InertFlag> INERT = SidecarFlags.INERT;

    private static final String NAME = "sidecar";

    @Spec
    CommandSpec spec;

    @Mixin
    LogFlags logging;

    @Mixin
    HttpFlags http;

    @Mixin
    GrpcServerFlags grpc;

    @Mixin
    SidecarFlags flags;

    @Override
    public Integer call() throws Exception {
        logging.apply();
        Flags.warnAboutInert(spec.commandLine(), INERT);
        try (Service service = Service.create(NAME)) {
            HttpEndpoint.builder(service).serve(http);
            SidecarComponent component = SidecarComponent.start(NAME, service, flags);
            GrpcEndpoint.serve(service, grpc, component.grpcServices());
            return service.awaitTermination();
        }
    }
}
