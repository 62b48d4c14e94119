package io.meridian.cli.script;

import io.meridian.model.Coverage;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.promql.script.LoadedSeries;
import io.meridian.promql.script.MemorySource;
import io.meridian.proto.info.EndpointInfo;
import io.meridian.proto.info.InfoService;
import io.meridian.proto.store.Endpoint;
import io.meridian.proto.store.GrpcClients;
import io.meridian.proto.store.StoreClient;
import io.meridian.proto.store.StoreService;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.querier.fanout.Member;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Two store endpoints with the series of a script split between them, behind a fan-out.
final class StoreScriptSources implements ScriptSources {
    private static final EndpointInfo INFO = new EndpointInfo(
            "store",
            List.of(),
            new EndpointInfo.StoreInfo(
                    TimeRange.ALL, List.of(new Coverage(Labels.empty(), TimeRange.ALL)), true, true, true),
            false);

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = GrpcClients.create(
            vertx,
            new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    private final List<Exchangeable> stores = List.of(new Exchangeable(), new Exchangeable());
    private final FanoutSource fanout;

    /// @throws IllegalStateException if a port cannot be listened on
    StoreScriptSources() {
        var members = new ArrayList<Member>();
        for (Exchangeable store : stores) {
            GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(Integer.MAX_VALUE));
            grpc.addService(new StoreService(vertx, store, 1L << 30));
            grpc.addService(new InfoService(() -> INFO, () -> true));
            HttpServer server = vertx.createHttpServer().requestHandler(grpc);
            await(server.listen(0, "127.0.0.1"), "listen");
            String address = "127.0.0.1:" + server.actualPort();
            var source = new StoreClient(Endpoint.of(client, address), () -> INFO, Duration.ofSeconds(60));
            members.add(new Member(source, address, "store " + address));
        }
        fanout = new FanoutSource("stores", () -> members, Duration.ZERO);
    }

    private static void await(Future<?> future, String what) {
        try {
            future.await(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the stores of a script: no end of " + what + " in 10 s", e);
        }
    }

    @Override
    public SeriesSource open(List<LoadedSeries> series) {
        var parts = List.of(new ArrayList<LoadedSeries>(), new ArrayList<LoadedSeries>());
        for (int i = 0; i < series.size(); i++) {
            parts.get(i % 2).add(series.get(i));
        }
        for (int i = 0; i < parts.size(); i++) {
            stores.get(i).current = new MemorySource(parts.get(i));
        }
        return fanout;
    }

    @Override
    public void close() {
        await(vertx.close(), "closing");
    }

    /// The store's data, which each `load` replaces.
    private static final class Exchangeable implements SeriesSource {
        volatile SeriesSource current = new MemorySource(List.of());

        @Override
        public String name() {
            return "store";
        }

        @Override
        public List<Coverage> coverage() {
            return current.coverage();
        }

        @Override
        public SeriesSet select(Selection selection, QueryContext context) {
            return current.select(selection, context);
        }

        @Override
        public List<String> labelNames(Selection selection, QueryContext context) {
            return current.labelNames(selection, context);
        }

        @Override
        public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
            return current.labelValues(labelName, selection, context);
        }
    }
}
