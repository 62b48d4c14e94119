package io.meridian.cli.tools;

import io.meridian.objstore.FilesystemBucket;
import io.meridian.promql.Engine;
import io.meridian.promql.EngineOptions;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.querier.fanout.Member;
import io.meridian.querier.http.QueryApi;
import io.meridian.querier.http.QuerySettings;
import io.meridian.server.Service;
import io.meridian.server.flag.HostPort;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.http.HttpEndpoint;
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

/// The querier's HTTP API over the blocks of a folder.
final class BlockServer implements AutoCloseable {
    private final Service service = Service.create("query");
    private final List<Block> blocks = new ArrayList<>();
    private final Engine engine;
    private final QueryApi api;
    private final HttpEndpoint endpoint;

    BlockServer(Path folder, EngineOptions options) throws IOException {
        try (var names = Files.list(folder)) {
            for (Path name : names.filter(Files::isDirectory).toList()) {
                BlockId id = BlockId.parse(name.getFileName().toString());
                blocks.add(BlockFiles.open(new FilesystemBucket(folder), id));
            }
        }
        engine = new Engine(options);
        List<Member> members = blocks.stream().map(Member::local).toList();
        var source = new FanoutSource("blocks", () -> members, Duration.ZERO);
        api = new QueryApi(source, engine, QuerySettings.DEFAULT, List::of, Map.of(), () -> "[]");
        service.probes().ready("query");
        var routes = HttpEndpoint.builder(service);
        api.addRoutes(routes);
        endpoint = routes.serve(HttpFlags.of(new HostPort("127.0.0.1", 0), Duration.ofSeconds(1)));
    }

    String url() {
        return "http://127.0.0.1:" + endpoint.port();
    }

    @Override
    public void close() {
        service.close();
        api.close();
        engine.close();
        blocks.forEach(Block::close);
    }
}
