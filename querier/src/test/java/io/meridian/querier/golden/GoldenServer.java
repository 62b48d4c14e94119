package io.meridian.querier.golden;

import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.TimeRange;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.promql.Feature;
import io.meridian.querier.QuerierComponent;
import io.meridian.querier.QuerierComponent.LocalStore;
import io.meridian.querier.QuerierFlags;
import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.GrpcClientFlags;
import io.meridian.server.flag.HostPort;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.http.HttpEndpoint;
import io.meridian.testkit.Shared;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Our HTTP API over the block of a golden data set.
final class GoldenServer implements AutoCloseable {
    private final Service service = Service.create("query");
    private final List<Block> blocks;
    private final HttpEndpoint endpoint;

    /// @param flags as the rows of the golden answers have them
    /// @param late  how long each selection takes at least
    GoldenServer(String dataset, String flags, Duration late) throws IOException {
        blocks = open(Shared.require("golden/query/datasets/" + dataset));
        var stores = blocks.stream()
                .map(block -> new LocalStore("store", late.isZero() ? block : new LateSource(block, late)))
                .toList();
        QuerierComponent component = QuerierComponent.start(
                "query",
                service,
                parse(new QuerierFlags(), arguments(dataset, flags)),
                parse(new GrpcClientFlags(), List.of()),
                stores,
                Map.of(),
                () -> "[]");
        var routes = HttpEndpoint.builder(service);
        component.addRoutes(routes);
        endpoint = routes.serve(HttpFlags.of(new HostPort("127.0.0.1", 0), Duration.ofSeconds(1)));
    }

    private static List<String> arguments(String dataset, String flags) {
        var arguments = new ArrayList<String>();
        if (flags.equals("all")) {
            for (Feature feature : Feature.values()) {
                arguments.add("--enable-feature=" + feature.flag());
            }
        }
        if (flags.contains("max-samples=1000")) {
            arguments.add("--query.max-samples=1000");
        }
        if (flags.contains("8760h")) {
            arguments.add("--query.lookback-delta=8760h");
        }
        if (dataset.equals("ha")) {
            arguments.add("--query.replica-label=replica");
        }
        return arguments;
    }

    private static <T> T parse(T flags, List<String> arguments) {
        Flags.commandLine(flags, List.of()).parseArgs(arguments.toArray(String[]::new));
        return flags;
    }

    private static List<Block> open(Path dataset) throws IOException {
        Path folder = Files.isDirectory(dataset.resolve("bucket")) ? dataset.resolve("bucket") : dataset;
        var bucket = new FilesystemBucket(folder);
        var blocks = new ArrayList<Block>();
        try (var names = Files.list(folder)) {
            for (Path name : names.filter(Files::isDirectory).toList()) {
                blocks.add(
                        BlockFiles.open(bucket, BlockId.parse(name.getFileName().toString())));
            }
        }
        return blocks;
    }

    /// Where it listens, without a slash at the end.
    String url() {
        return "http://127.0.0.1:" + endpoint.port();
    }

    /// Number of series, as a check that the block is served.
    int seriesCount() {
        int count = 0;
        for (Block block : blocks) {
            try (var set = block.select(new Selection(List.of(), TimeRange.ALL), QueryContext.unlimited())) {
                while (set.next() != null) {
                    count++;
                }
            }
        }
        return count;
    }

    @Override
    public void close() {
        service.close();
        blocks.forEach(Block::close);
    }
}
