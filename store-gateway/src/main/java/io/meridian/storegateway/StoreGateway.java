package io.meridian.storegateway;

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
        try (DataDirectory data = DataDirectory.open(flags.dataDirectory.resolve(NAME));
                Service service = Service.create(NAME)) {
            StoreComponent component = StoreComponent.start(NAME, service, flags, data.path());
            HttpEndpoint.Builder routes = HttpEndpoint.builder(service).web(web);
            component.addRoutes(routes);
            routes.serve(http);
            GrpcEndpoint.serve(service, grpc, component.grpcServices());
            return service.awaitTermination();
        }
    }
}
