package io.meridian.querier.limits;

import io.meridian.model.ByteBudget;
import io.meridian.model.Labels;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.promql.Engine;
import io.meridian.promql.EngineOptions;
import io.meridian.promql.script.LoadedSeries;
import io.meridian.promql.script.MemorySource;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.querier.fanout.Member;
import io.meridian.querier.http.QueryApi;
import io.meridian.querier.http.QuerySettings;
import io.meridian.server.Service;
import io.meridian.server.flag.HostPort;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.http.HttpEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Our query API over some series in memory: `x{i="…"}`, two hours at 15 s from time 0.
final class SmallQuerier implements AutoCloseable {
    private static final int SAMPLES = 480;
    private static final long SCRAPE_MS = 15_000;

    private final Service service = Service.create("query");
    private final Engine engine = new Engine(EngineOptions.DEFAULT);
    private final QueryApi api;
    private final HttpEndpoint endpoint;
    private final ByteBudget together;

    SmallQuerier(int seriesCount, long bytesMax, long bytesTogetherMax) throws IOException {
        together = new ByteBudget(bytesTogetherMax);
        var members = List.of(Member.local(new MemorySource(series(seriesCount))));
        api = new QueryApi(
                new FanoutSource("small", () -> members, Duration.ZERO),
                engine,
                QuerySettings.DEFAULT.withBytes(bytesMax, together),
                List::of,
                Map.of(),
                () -> "[]");
        service.probes().ready("query");
        var routes = HttpEndpoint.builder(service);
        api.addRoutes(routes);
        endpoint = routes.serve(HttpFlags.of(new HostPort("127.0.0.1", 0), Duration.ofSeconds(1)));
    }

    private static List<LoadedSeries> series(int count) {
        var all = new ArrayList<LoadedSeries>();
        for (int i = 0; i < count; i++) {
            var samples = new ExactSamples();
            for (int k = 0; k < SAMPLES; k++) {
                samples.append(0, k * SCRAPE_MS, (double) k * (i + 1) % 97);
            }
            all.add(new LoadedSeries(Labels.of("__name__", "x", "i", "%04d".formatted(i)), samples));
        }
        return all;
    }

    int port() {
        return endpoint.port();
    }

    /// Queries at work.
    int running() {
        return api.gate().running();
    }

    long bytesHeld() {
        return together.bytesHeld();
    }

    @Override
    public void close() {
        service.close();
        api.close();
        engine.close();
    }

    /// Serves until its input ends. Arguments: number of series, bytes for one query, bytes for all.
    public static void main(String[] arguments) throws IOException {
        try (var querier = new SmallQuerier(
                Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]), Long.parseLong(arguments[2]))) {
            System.out.println("port " + querier.port());
            while (System.in.read() >= 0) {
                System.out.println("held " + querier.bytesHeld());
            }
        }
    }
}
