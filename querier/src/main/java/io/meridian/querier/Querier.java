package io.meridian.querier;

import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.GrpcClientFlags;
import io.meridian.server.flag.GrpcServerFlags;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.flag.InertFlag;
import io.meridian.server.flag.LogFlags;
import io.meridian.server.flag.WebFlags;
import io.meridian.server.grpc.GrpcEndpoint;
import io.meridian.server.http.HttpEndpoint;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/// `meridian query`: the component with its HTTP and gRPC servers.
@Command(
        name = "query",
        mixinStandardHelpOptions = true,
        versionProvider = Flags.Version.class,
        sortOptions = true,
        description = "Answers PromQL over all stores, with Prometheus' HTTP API and a page.")
public final class Querier implements Callable<Integer> {
    /// Known flags without effect; for the command line of this command.
    public static final List<InertFlag> INERT = QuerierFlags.INERT;

    private static final String NAME = "query";

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
    GrpcClientFlags grpcClient;

    @Mixin
    QuerierFlags flags;

    @Override
    public Integer call() throws Exception {
        logging.apply();
        Flags.warnAboutInert(spec.commandLine(), INERT);
        try (Service service = Service.create(NAME)) {
            QuerierComponent component =
                    QuerierComponent.start(NAME, service, flags, grpcClient, List.of(), shownFlags(spec), () -> "[]");
            HttpEndpoint.Builder routes = HttpEndpoint.builder(service).web(web);
            component.addRoutes(routes);
            routes.serve(http);
            GrpcEndpoint.serve(service, grpc, component.grpcServices());
            return service.awaitTermination();
        }
    }

    /// Every visible flag and its value, without dashes; values that may hold secrets are not shown.
    private static Map<String, String> shownFlags(CommandSpec spec) {
        var shown = new TreeMap<String, String>();
        for (OptionSpec option : spec.options()) {
            if (!option.hidden() && option.longestName().startsWith("--")) {
                Object value = option.getValue();
                shown.put(option.longestName().substring(2), value == null ? "" : value.toString());
            }
        }
        return shown;
    }
}
