package io.meridian.querier.golden;

import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.TimeRange;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.promql.Engine;
import io.meridian.promql.EngineOptions;
import io.meridian.promql.Feature;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.querier.fanout.Member;
import io.meridian.querier.http.QueryApi;
import io.meridian.querier.http.QuerySettings;
import io.meridian.server.Service;
import io.meridian.server.flag.HostPort;
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
import java.util.Set;

/// Our HTTP API over the block of a golden data set.
final class GoldenServer implements AutoCloseable {
    private final Service service = Service.create("query");
    private final List<Block> blocks;
    private final Engine engine;
    private final QueryApi api;
    private final HttpEndpoint endpoint;

    /// @param flags as the rows of the golden answers have them
    /// @param late  how long each selection takes at least
    GoldenServer(String dataset, String flags, Duration late) throws IOException {
        blocks = open(Shared.require("golden/query/datasets/" + dataset));
        var options = EngineOptions.DEFAULT;
        boolean all = flags.equals("all");
        if (all) {
            options = options.withFeatures(Set.of(Feature.values()));
        }
        if (flags.contains("max-samples=1000")) {
            options = options.withSamplesMax(1000);
        }
        engine = new Engine(options);
        var members = blocks.stream()
                .map(block -> Member.local(late.isZero() ? block : new LateSource(block, late)))
                .toList();
        QuerySettings base = QuerySettings.DEFAULT;
        var settings = new QuerySettings(
                dataset.equals("ha") ? List.of("replica") : List.of(),
                base.deduplication(),
                base.partialResponse(),
                base.timeout(),
                base.concurrencyMax(),
                base.bytesMax(),
                base.bytesTogether(),
                flags.contains("8760h") ? Duration.ofDays(365).toMillis() : 0,
                base.dynamicLookback(),
                base.autoDownsampling(),
                base.instantMaxSourceResolutionMs(),
                base.metadataRange(),
                all);
        api = new QueryApi(
                new FanoutSource(dataset, () -> members, Duration.ZERO),
                engine,
                settings,
                List::of,
                Map.of(),
                () -> "[]");
        service.probes().ready("query");
        var builder = HttpEndpoint.builder(service);
        api.register(builder);
        endpoint = builder.start(new HostPort("127.0.0.1", 0));
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
    public void close() throws IOException {
        endpoint.stop(Duration.ofSeconds(1));
        api.close();
        engine.close();
        blocks.forEach(Block::close);
        service.close();
    }
}
