package io.meridian.cli;

import io.meridian.compactor.CompactorFlags;
import io.meridian.querier.QuerierFlags;
import io.meridian.server.DataDirectory;
import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.GrpcServerFlags;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.flag.LogFlags;
import io.meridian.server.flag.WebFlags;
import io.meridian.sidecar.SidecarFlags;
import io.meridian.storegateway.StoreFlags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/// `meridian all`: every component in one process.
@Command(
        name = "all",
        mixinStandardHelpOptions = true,
        versionProvider = Flags.Version.class,
        sortOptions = true,
        description =
                "Runs querier, store gateway and compactor in one process, and a sidecar where a Prometheus is named.",
        footer = {
            "",
            "Flags of the components are taken, too: --prometheus.url and --tsdb.path start a sidecar; a flag that",
            "several components have means the querier, and the others' take a prefix, as in",
            "--compact.consistency-delay, --store.consistency-delay, --sidecar.min-time."
        })
public final class AllCommand implements Callable<Integer> {
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

    @Option(
            names = "--data-dir",
            defaultValue = "data",
            paramLabel = "DIR",
            description = "What is kept between starts, a folder a component. Default: ${DEFAULT-VALUE}")
    Path dataDirectory;

    @Option(
            names = "--objstore.config-file",
            paramLabel = "FILE",
            description = "The bucket, as YAML in a file. Default: a directory as a bucket, under the data directory")
    String bucketFile = "";

    @Option(names = "--objstore.config", paramLabel = "YAML", description = "The bucket, as YAML.")
    String bucketYaml = "";

    @Unmatched
    List<String> componentFlags = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        logging.apply();
        Map<String, List<String>> routed = routed();
        try (DataDirectory store = DataDirectory.open(dataDirectory.resolve("store"));
                DataDirectory compact = DataDirectory.open(dataDirectory.resolve("compact"));
                Service service = Service.create("all")) {
            String bucket = bucketFlag(dataDirectory);
            var assembly = new Assembly(service);
            List<String> sidecar = routed.getOrDefault("sidecar", List.of());
            if (!sidecar.isEmpty()) {
                assembly.sidecar("sidecar", with(sidecar, bucket));
            }
            assembly.store(with(routed.getOrDefault("store", List.of()), bucket), store.path());
            assembly.compactor(with(routed.getOrDefault("compact", List.of()), bucket, "--wait"), compact.path());
            assembly.querier(routed.getOrDefault("query", List.of()));
            assembly.serveHttp(http, web);
            assembly.serveGrpc(grpc);
            return service.awaitTermination();
        }
    }

    /// Every flag is looked at before anything starts.
    private Map<String, List<String>> routed() {
        try {
            return router().route(componentFlags);
        } catch (ParameterException e) {
            throw new ParameterException(spec.commandLine(), Flags.message(e), e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private String bucketFlag(Path data) throws java.io.IOException {
        if (!bucketFile.isEmpty()) {
            return "--objstore.config-file=" + bucketFile;
        }
        return bucketYaml.isEmpty()
                ? "--objstore.config=" + filesystemBucket(data.resolve("bucket"))
                : "--objstore.config=" + bucketYaml;
    }

    /// The configuration of a directory as a bucket; the directory is made if it is not there.
    public static String filesystemBucket(Path directory) throws java.io.IOException {
        Path absolute = Files.createDirectories(directory).toAbsolutePath();
        return "{type: FILESYSTEM, config: {directory: '%s'}}".formatted(absolute);
    }

    private static List<String> with(List<String> flags, String... more) {
        var all = new ArrayList<>(flags);
        all.addAll(List.of(more));
        return all;
    }

    private static FlagRouter router() {
        var components = new LinkedHashMap<String, CommandLine>();
        components.put("query", Flags.commandLine(new QuerierFlags(), QuerierFlags.INERT));
        components.put("sidecar", Flags.commandLine(new SidecarFlags(), SidecarFlags.INERT));
        components.put("store", Flags.commandLine(new StoreFlags(), StoreFlags.INERT));
        components.put("compact", Flags.commandLine(new CompactorFlags(), CompactorFlags.INERT));
        return new FlagRouter(components);
    }
}
