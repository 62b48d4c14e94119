package io.meridian.querier.http;

import io.meridian.promql.Engine;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.server.http.HttpEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// The whole API below `/api/v1`, and `/federate`: Prometheus' where Prometheus has it, Thanos' parameters added.
public final class QueryApi implements AutoCloseable {
    // as Prometheus, which answers HEAD with 405
    private static final Set<String> GET = Set.of("GET");
    private static final Set<String> GET_OR_POST = Set.of("GET", "POST");
    private static final String EMPTY_TARGETS =
            "{\"activeTargets\":[],\"droppedTargets\":[],\"droppedTargetCounts\":null}";
    private static final String EMPTY_HEAD =
            "{\"headStats\":{\"numSeries\":0,\"numLabelPairs\":0,\"chunkCount\":0,\"minTime\":0,\"maxTime\":0},"
                    + "\"seriesCountByMetricName\":[],\"labelValueCountByLabelName\":[],"
                    + "\"memoryInBytesByLabelName\":[],\"seriesCountByLabelValuePair\":[]}";

    private final QueryGate gate;
    private final QueryEndpoints queries;
    private final SeriesEndpoints series;
    private final ExplainEndpoint explain;
    private final LanguageEndpoints language;
    private final StatusEndpoints status;
    private final FederateEndpoint federate;

    /// @param stores what `/api/v1/stores` shows
    /// @param flags  what `/api/v1/status/flags` shows
    /// @param blocks JSON of what `/api/v1/status/blocks` shows: blocks that cannot be read
    public QueryApi(
            FanoutSource fanout,
            Engine engine,
            QuerySettings settings,
            Supplier<List<StoreStatus>> stores,
            Map<String, String> flags,
            Supplier<String> blocks) {
        this.gate = new QueryGate(settings.limits().concurrencyMax());
        this.queries = new QueryEndpoints(fanout, engine::query, settings, gate, engine::run);
        this.explain = new ExplainEndpoint(engine, queries, gate);
        this.series = new SeriesEndpoints(fanout, settings);
        this.language = new LanguageEndpoints(engine.parserOptions());
        this.status = new StatusEndpoints(stores, flags, blocks);
        this.federate = new FederateEndpoint(fanout, settings);
    }

    /// How many queries run, and how many may.
    public QueryGate gate() {
        return gate;
    }

    /// Adds the routes to a server.
    public void addRoutes(HttpEndpoint.Builder server) {
        getOrPost(server, "query", queries::query);
        getOrPost(server, "query_range", queries::queryRange);
        getOrPost(server, "query_explain", explain::handle);
        getOrPost(server, "query_exemplars", language::exemplars);
        getOrPost(server, "format_query", language::format);
        getOrPost(server, "parse_query", language::tree);
        getOrPost(server, "series", series::series);
        getOrPost(server, "labels", series::labels);
        get(server, "label/{name}/values", series::labelValues);
        get(server, "stores", status::stores);
        get(server, "rules", language::rules);
        get(server, "alerts", StatusEndpoints.constant("{\"alerts\":[]}"));
        get(server, "metadata", language::metadata);
        get(server, "targets", StatusEndpoints.constant(EMPTY_TARGETS));
        get(server, "targets/metadata", language::targetMetadata);
        get(server, "scrape_pools", StatusEndpoints.constant("{\"scrapePools\":[]}"));
        get(
                server,
                "alertmanagers",
                StatusEndpoints.constant("{\"activeAlertmanagers\":[],\"droppedAlertmanagers\":[]}"));
        get(server, "notifications", StatusEndpoints.constant("[]"));
        get(server, "status/buildinfo", status::buildInfo);
        get(server, "status/runtimeinfo", status::runtimeInfo);
        get(server, "status/flags", status::flags);
        get(server, "status/config", StatusEndpoints.constant("{\"yaml\":\"\"}"));
        get(server, "status/tsdb", StatusEndpoints.constant(EMPTY_HEAD));
        get(server, "status/blocks", status::blocks);
        server.route(GET, "/federate", federate::handle);
    }

    private static void get(HttpEndpoint.Builder server, String path, ApiHandler handler) {
        server.route(GET, "/api/v1/" + path, ApiHandler.of(handler));
    }

    private static void getOrPost(HttpEndpoint.Builder server, String path, ApiHandler handler) {
        server.route(GET_OR_POST, "/api/v1/" + path, ApiHandler.of(handler));
    }

    @Override
    public void close() {
        gate.close();
    }
}
