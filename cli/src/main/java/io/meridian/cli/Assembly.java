package io.meridian.cli;

import io.meridian.compactor.CompactorComponent;
import io.meridian.compactor.CompactorFlags;
import io.meridian.compactor.CompactorStatus;
import io.meridian.objstore.Bucket;
import io.meridian.querier.QuerierComponent;
import io.meridian.querier.QuerierComponent.LocalStore;
import io.meridian.querier.QuerierFlags;
import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.GrpcClientFlags;
import io.meridian.server.flag.GrpcServerFlags;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.flag.InertFlag;
import io.meridian.server.flag.WebFlags;
import io.meridian.server.grpc.GrpcEndpoint;
import io.meridian.server.http.HttpEndpoint;
import io.meridian.sidecar.SidecarComponent;
import io.meridian.sidecar.SidecarFlags;
import io.meridian.storegateway.StoreComponent;
import io.meridian.storegateway.StoreFlags;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/// Several components in one process: the querier reads the others directly, and one HTTP and one gRPC server serve
/// everything.
public final class Assembly {
    private final Service service;
    private final List<LocalStore> stores = new ArrayList<>();
    private @Nullable StoreComponent store;
    private @Nullable QuerierComponent querier;
    private @Nullable CompactorComponent compactor;

    public Assembly(Service service) {
        this.service = service;
    }

    /// Starts a sidecar.
    ///
    /// @param name      in probes
    /// @param arguments its flags
    public void sidecar(String name, List<String> arguments) throws IOException {
        var flags = parse(new SidecarFlags(), SidecarFlags.INERT, arguments);
        stores.add(new LocalStore(
                "sidecar", SidecarComponent.start(name, service, flags).source()));
    }

    /// Starts a store gateway.
    ///
    /// @param directory for what it keeps between starts
    public void store(List<String> arguments, Path directory) throws IOException {
        var flags = parse(new StoreFlags(), StoreFlags.INERT, arguments);
        StoreComponent started = StoreComponent.start("store", service, flags, directory);
        store = started;
        stores.add(new LocalStore("store", started.source()));
    }

    /// Starts a compactor, which goes to work once it leads.
    ///
    /// @param directory for what it keeps between starts
    public CompactorStatus compactor(List<String> arguments, Path directory) throws IOException {
        var flags = parse(new CompactorFlags(), CompactorFlags.INERT, arguments);
        Bucket bucket = flags.openBucket();
        service.onStop("compactor's bucket", bucket::close);
        compactor = CompactorComponent.start("compact", service, flags, bucket, directory);
        return compactor.status();
    }

    /// Starts the querier over all that was started before, and over the endpoints its flags name.
    public void querier(List<String> arguments) throws IOException {
        var flags = parse(new QuerierFlags(), QuerierFlags.INERT, arguments);
        StoreComponent blocks = store;
        querier = QuerierComponent.start(
                "query",
                service,
                flags,
                parse(new GrpcClientFlags(), List.of(), List.of()),
                stores,
                Map.of(),
                blocks == null ? () -> "{}" : blocks::statusJson);
    }

    /// Serves page, API and probes.
    ///
    /// @return the port
    public int serveHttp(HttpFlags flags, WebFlags web) throws IOException {
        HttpEndpoint.Builder routes = HttpEndpoint.builder(service).web(web);
        Objects.requireNonNull(querier, "start the querier first").addRoutes(routes);
        if (compactor != null) {
            compactor.addRoutes(routes, "/compactor");
        }
        return routes.serve(flags).port();
    }

    /// Serves everything that the querier reads as one StoreAPI.
    public void serveGrpc(GrpcServerFlags flags) throws IOException {
        GrpcEndpoint.serve(
                service,
                flags,
                Objects.requireNonNull(querier, "start the querier first").grpcServices());
    }

    /// Waits until every component is ready.
    ///
    /// @throws IOException if that takes longer; the message says what is missing
    public void awaitReady(Duration timeout) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!service.probes().isReady()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("not ready after " + timeout.toSeconds() + " s: "
                        + service.probes().reason());
            }
            Thread.sleep(20);
        }
    }

    /// Fills an object of flags as a command line would.
    public static <T> T parse(T flags, List<InertFlag> inertFlags, List<String> arguments) {
        CommandLine line = Flags.commandLine(flags, inertFlags);
        line.parseArgs(arguments.toArray(String[]::new));
        Flags.warnAboutInert(line, inertFlags);
        return flags;
    }
}
