package io.meridian.querier;

import io.meridian.model.ByteBudget;
import io.meridian.model.Coverage;
import io.meridian.model.SeriesSource;
import io.meridian.promql.Engine;
import io.meridian.promql.EngineOptions;
import io.meridian.promql.Feature;
import io.meridian.proto.info.EndpointInfo;
import io.meridian.proto.info.EndpointServices;
import io.meridian.proto.store.GrpcClients;
import io.meridian.querier.dedup.DeduplicationFunction;
import io.meridian.querier.discovery.EndpointSet;
import io.meridian.querier.discovery.EndpointSettings;
import io.meridian.querier.discovery.EndpointSpec;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.querier.fanout.Member;
import io.meridian.querier.http.QueryApi;
import io.meridian.querier.http.QueryPage;
import io.meridian.querier.http.QuerySettings;
import io.meridian.querier.http.StoreStatus;
import io.meridian.server.Service;
import io.meridian.server.flag.GrpcClientFlags;
import io.meridian.server.grpc.Tls;
import io.meridian.server.http.HttpEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The querier without its servers: a fan-out over endpoints and over sources of this process, the engine, the API.
public final class QuerierComponent {
    private static final Logger log = LoggerFactory.getLogger(QuerierComponent.class);
    private static final Duration FIRST_ROUND_MAX = Duration.ofSeconds(30);
    private static final List<String> STORE_TYPES = List.of("sidecar", "store", "query", "rule", "receive");

    /// A part of this process that is read without gRPC.
    ///
    /// @param type `sidecar` or `store`, as `/api/v1/stores` groups them
    public record LocalStore(String type, SeriesSource source) {}

    private final Service service;
    private final List<LocalStore> locals;
    private final EndpointSet endpoints;
    private final FanoutSource fanout;
    private final QueryApi api;

    private QuerierComponent(
            Service service, List<LocalStore> locals, EndpointSet endpoints, FanoutSource fanout, QueryApi api) {
        this.service = service;
        this.locals = locals;
        this.endpoints = endpoints;
        this.fanout = fanout;
        this.api = api;
    }

    /// Starts to look for endpoints. The probe of this name becomes ready after the first round.
    ///
    /// @param name   of the component in probes
    /// @param locals sources of this process, read directly
    /// @param shown  what `/api/v1/status/flags` shows
    /// @param blocks JSON of the blocks that cannot be read, for `/api/v1/status/blocks`
    /// @throws IOException              if a file of endpoints cannot be read
    /// @throws IllegalArgumentException if flags are wrong
    public static QuerierComponent start(
            String name,
            Service service,
            QuerierFlags flags,
            GrpcClientFlags grpc,
            List<LocalStore> locals,
            Map<String, String> shown,
            Supplier<String> blocks)
            throws IOException {
        var engine = new Engine(engineOptions(flags));
        QuerySettings settings = settings(flags);
        var client = GrpcClients.create(service.vertx(), Tls.clientOptions(grpc));
        EndpointSet endpoints = EndpointSet.start(endpointSettings(flags), client);
        var fanout = new FanoutSource("query", () -> members(locals, endpoints), Duration.ZERO);
        var api = new QueryApi(fanout, engine, settings, () -> statuses(locals, endpoints), shown, blocks);
        service.onStop(name, () -> {
            endpoints.close();
            client.close();
            api.close();
            engine.close();
        });
        var component = new QuerierComponent(service, List.copyOf(locals), endpoints, fanout, api);
        component.registerMetrics();
        component.announce(name);
        return component;
    }

    private void announce(String name) {
        service.probes().notReady(name, "asking endpoints what they are");
        Thread.ofVirtual().name(name + "-start").start(() -> {
            try {
                endpoints.awaitFirstRound(FIRST_ROUND_MAX);
                service.probes().ready(name);
                log.atInfo()
                        .addKeyValue("stores", members(locals, endpoints).size())
                        .log("ready for queries");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static List<Member> members(List<LocalStore> locals, EndpointSet endpoints) {
        return Stream.concat(locals.stream().map(local -> Member.local(local.source())), endpoints.members().stream())
                .toList();
    }

    private static List<StoreStatus> statuses(List<LocalStore> locals, EndpointSet endpoints) {
        var all = new ArrayList<StoreStatus>();
        for (LocalStore local : locals) {
            all.add(new StoreStatus(
                    local.source().name(),
                    local.type(),
                    Instant.now(),
                    null,
                    Coverage.labelSets(local.source().coverage()),
                    Coverage.range(local.source().coverage())));
        }
        all.addAll(endpoints.statuses());
        return all;
    }

    /// Everything that the querier can read, as one source.
    public SeriesSource source() {
        return fanout;
    }

    /// What this component serves over gRPC.
    public List<io.vertx.grpc.server.Service> grpcServices() {
        return EndpointServices.of(service.vertx(), fanout, this::info, service.probes()::isReady);
    }

    private EndpointInfo info() {
        return EndpointInfo.of("query", fanout.coverage());
    }

    /// Adds API and page to a server.
    public void addRoutes(HttpEndpoint.Builder routes) {
        api.addRoutes(routes);
        QueryPage.addRoutes(routes);
    }

    private void registerMetrics() {
        var metrics = service.metrics();
        for (String type : STORE_TYPES) {
            metrics.gauge(
                    "thanos_store_nodes_grpc_connections",
                    "Healthy endpoints by type.",
                    () -> endpoints.count(type),
                    "store_type",
                    type);
        }
        metrics.gauge(
                "thanos_query_concurrent_gate_queries_max",
                "Queries that may be evaluated at once.",
                () -> api.gate().concurrencyMax());
        metrics.gauge(
                "thanos_query_concurrent_gate_queries_in_flight",
                "Queries that are evaluated now.",
                () -> api.gate().running());
    }

    private static EngineOptions engineOptions(QuerierFlags flags) {
        atLeastOne("--query.max-samples", flags.samplesMax);
        atLeastOne("--query.default-evaluation-interval in milliseconds", flags.evaluationInterval.toMillis());
        if (flags.lookback != null) {
            atLeastOne("--query.lookback-delta in milliseconds", flags.lookback.toMillis());
        }
        return EngineOptions.DEFAULT
                .withFeatures(features(flags.features))
                .withSamplesMax(flags.samplesMax)
                .withDefaultSubqueryStepMs(flags.evaluationInterval.toMillis())
                .withLookbackMs(flags.lookback == null ? EngineOptions.LOOKBACK_MS_DEFAULT : flags.lookback.toMillis());
    }

    private static Set<Feature> features(List<String> names) {
        var features = EnumSet.noneOf(Feature.class);
        for (String name : names) {
            Feature.ofFlag(name)
                    .ifPresentOrElse(
                            features::add,
                            () -> log.atWarn().addKeyValue("feature", name).log("unknown feature, ignored"));
        }
        return features;
    }

    private static QuerySettings settings(QuerierFlags flags) {
        DeduplicationFunction function = switch (flags.deduplication.toLowerCase(Locale.ROOT)) {
            case "", "penalty" -> DeduplicationFunction.PENALTY;
            case "chain" -> DeduplicationFunction.CHAIN;
            default ->
                throw new IllegalArgumentException(
                        "unknown --deduplication.func \"" + flags.deduplication + "\" (penalty or chain)");
        };
        atLeastOne("--query.max-concurrent", flags.concurrencyMax);
        long heapMax = Runtime.getRuntime().maxMemory();
        long bytesMax = flags.bytesMax == null ? heapMax / 2 : flags.bytesMax.bytes();
        long bytesTotalMax = flags.bytesTotalMax == null ? heapMax / 10 * 6 : flags.bytesTotalMax.bytes();
        return new QuerySettings(
                new QuerySettings.Replicas(flags.replicaLabels, function),
                new QuerySettings.Limits(flags.timeout, flags.concurrencyMax, bytesMax, new ByteBudget(bytesTotalMax)),
                new QuerySettings.Lookback(
                        flags.lookback == null ? 0 : flags.lookback.toMillis(), flags.dynamicLookback),
                new QuerySettings.Downsampled(flags.autoDownsampling, flags.instantMaxSourceResolution.toMillis()),
                flags.partialResponse,
                flags.metadataRange,
                flags.features.contains(Feature.PROMQL_PER_STEP_STATS.flag()));
    }

    private static void atLeastOne(String flag, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(flag + " must be at least 1: " + value);
        }
    }

    private static EndpointSettings endpointSettings(QuerierFlags flags) {
        var specs = new ArrayList<EndpointSpec>();
        flags.endpoints.forEach(address -> specs.add(new EndpointSpec(address, false)));
        flags.endpointGroups.forEach(address -> specs.add(new EndpointSpec(address, false)));
        flags.strictEndpoints.forEach(address -> specs.add(new EndpointSpec(address, true)));
        flags.strictEndpointGroups.forEach(address -> specs.add(new EndpointSpec(address, true)));
        Duration fileInterval =
                flags.endpointConfigFile.isEmpty() ? flags.targetFileInterval : flags.endpointConfigInterval;
        return new EndpointSettings(
                specs,
                flags.targetFiles,
                flags.endpointConfig,
                flags.endpointConfigFile,
                fileInterval,
                flags.nameInterval,
                flags.infoTimeout,
                flags.unhealthyTimeout,
                flags.responseTimeout);
    }
}
