package io.meridian.querier;

import io.meridian.server.flag.ByteSize;
import io.meridian.server.flag.InertFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What the querier can be told, beside its addresses. Names and defaults are Thanos', those of `--query.max-samples`
/// and `--query.max-bytes` are Prometheus' and our own.
public final class QuerierFlags {
    private static final String NO_SUCH_SOURCE = "no source of rules, targets, metadata or exemplars is asked";
    private static final String OWN_ENGINE = "queries are answered by Meridian's own engine";

    /// Flags of Thanos' querier that do nothing here.
    public static final List<InertFlag> INERT = InertFlag.withCommon(
            InertFlag.value("--grpc.proxy-strategy", "all endpoints are read at the same time"),
            InertFlag.value("--query.lazy-retrieval-max-buffered-responses", "endpoints are read as they answer"),
            InertFlag.value("--query.promql-engine", OWN_ENGINE),
            InertFlag.value("--query.mode", OWN_ENGINE),
            InertFlag.toggle("--query.disable-fallback", OWN_ENGINE),
            InertFlag.toggle("--query.enable-x-functions", OWN_ENGINE),
            InertFlag.toggle("--query.distributed-with-overlapping-interval", OWN_ENGINE),
            InertFlag.value("--query.partition-label", OWN_ENGINE),
            InertFlag.value("--query.max-concurrent-select", "selects of a query are limited by its memory"),
            InertFlag.value("--query.default-step", "a range query must say its step, as to Prometheus"),
            InertFlag.absent("--query.active-query-path"),
            InertFlag.absent("--query.conn-metric.label"),
            InertFlag.absent("--query.telemetry.request-duration-seconds-quantiles"),
            InertFlag.absent("--query.telemetry.request-samples-quantiles"),
            InertFlag.absent("--query.telemetry.request-series-seconds-quantiles"),
            InertFlag.absent("--query.tenant-header"),
            InertFlag.absent("--query.default-tenant-id"),
            InertFlag.absent("--query.tenant-certificate-field"),
            InertFlag.absent("--query.tenant-label-name"),
            InertFlag.absent("--selector-label"),
            InertFlag.absent("--selector.relabel-config"),
            InertFlag.absent("--selector.relabel-config-file"),
            InertFlag.value("--store.limits.request-series", "memory is limited instead"),
            InertFlag.value("--store.limits.request-samples", "memory is limited instead"),
            InertFlag.value("--store.sd-dns-resolver", "the JDK resolves names"),
            InertFlag.value("--alert.query-url", NO_SUCH_SOURCE),
            InertFlag.toggle("--rule.partial-response", NO_SUCH_SOURCE),
            InertFlag.toggle("--target.partial-response", NO_SUCH_SOURCE),
            InertFlag.toggle("--metric-metadata.partial-response", NO_SUCH_SOURCE),
            InertFlag.toggle("--exemplar.partial-response", NO_SUCH_SOURCE),
            InertFlag.toggle("--status.partial-response", NO_SUCH_SOURCE));

    @Option(
            names = "--endpoint",
            paramLabel = "ADDRESS",
            description = "A StoreAPI server: host:port, or dns+, dnssrv+ or dnssrvnoa+ and a name. May be repeated.")
    public List<String> endpoints = new ArrayList<>();

    @Option(
            names = {"--endpoint-strict", "--store-strict"},
            paramLabel = "HOST:PORT",
            description = "A StoreAPI server that every query asks, whether it is healthy or not. May be repeated.")
    public List<String> strictEndpoints = new ArrayList<>();

    @Option(
            names = {"--endpoint-group", "--store"},
            hidden = true,
            paramLabel = "ADDRESS")
    public List<String> endpointGroups = new ArrayList<>();

    @Option(names = "--endpoint-group-strict", hidden = true, paramLabel = "ADDRESS")
    public List<String> strictEndpointGroups = new ArrayList<>();

    @Option(
            names = "--endpoint.sd-config",
            defaultValue = "",
            paramLabel = "YAML",
            description = "Endpoints as text: endpoints: [{address: host:port, strict: false}].")
    public String endpointConfig;

    @Option(
            names = "--endpoint.sd-config-file",
            defaultValue = "",
            paramLabel = "FILE",
            description = "The same, as a file that is read again at intervals.")
    public String endpointConfigFile;

    @Option(
            names = "--endpoint.sd-config-reload-interval",
            defaultValue = "5m",
            paramLabel = "DURATION",
            description = "How often that file is read again. Default: ${DEFAULT-VALUE}")
    public Duration endpointConfigInterval;

    @Option(
            names = "--endpoint.info-timeout",
            defaultValue = "5s",
            paramLabel = "DURATION",
            description = "How often, and how long at most, an endpoint is asked what it is. Default: ${DEFAULT-VALUE}")
    public Duration infoTimeout;

    @Option(
            names = "--store.sd-files",
            paramLabel = "PATTERN",
            description = "Files of addresses in Prometheus' form: [{targets: [host:port]}]. May be repeated.")
    public List<String> targetFiles = new ArrayList<>();

    @Option(
            names = "--store.sd-interval",
            defaultValue = "5m",
            paramLabel = "DURATION",
            description = "How often those files are read again. Default: ${DEFAULT-VALUE}")
    public Duration targetFileInterval;

    @Option(
            names = "--store.sd-dns-interval",
            defaultValue = "30s",
            paramLabel = "DURATION",
            description = "How often names are resolved again. Default: ${DEFAULT-VALUE}")
    public Duration nameInterval;

    @Option(
            names = "--store.unhealthy-timeout",
            defaultValue = "5m",
            paramLabel = "DURATION",
            description = "How long an endpoint that does not answer stays listed. Default: ${DEFAULT-VALUE}")
    public Duration unhealthyTimeout;

    @Option(
            names = "--store.response-timeout",
            defaultValue = "0ms",
            paramLabel = "DURATION",
            description = "Longest silence of an endpoint before it counts as failed; 0: no limit.")
    public Duration responseTimeout;

    @Option(
            names = "--query.replica-label",
            split = ",",
            paramLabel = "LABEL",
            description = "Label that tells replicas of one series apart. May be repeated.")
    public List<String> replicaLabels = new ArrayList<>();

    @Option(
            names = "--deduplication.func",
            defaultValue = "penalty",
            paramLabel = "NAME",
            description = "How replicas become one series: penalty or chain. Default: ${DEFAULT-VALUE}")
    public String deduplication;

    @Option(
            names = "--query.timeout",
            defaultValue = "2m",
            paramLabel = "DURATION",
            description = "Longest time of a query. Default: ${DEFAULT-VALUE}")
    public Duration timeout;

    @Option(
            names = "--query.max-concurrent",
            defaultValue = "20",
            paramLabel = "N",
            description = "Queries evaluated at once; more of them wait. Default: ${DEFAULT-VALUE}")
    public int concurrencyMax;

    @Option(
            names = "--query.max-samples",
            defaultValue = "50000000",
            paramLabel = "N",
            description = "Most samples of one query at once, counted as Prometheus counts. Default: ${DEFAULT-VALUE}")
    public long samplesMax;

    @Option(
            names = "--query.max-bytes",
            paramLabel = "SIZE",
            description = "Most bytes that one query may hold. Default: half of the heap")
    public @Nullable ByteSize bytesMax;

    @Option(
            names = "--query.max-total-bytes",
            paramLabel = "SIZE",
            description = "Most bytes that all queries together may hold; a query that needs more then fails. "
                    + "Default: 60 %% of the heap")
    public @Nullable ByteSize bytesTotalMax;

    @Option(
            names = "--query.lookback-delta",
            paramLabel = "DURATION",
            description = "How far back an instant selector looks for a sample. Default: 5m")
    public @Nullable Duration lookback;

    @Option(
            names = "--query.dynamic-lookback-delta",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            hidden = true)
    public boolean dynamicLookback;

    @Option(
            names = "--query.default-evaluation-interval",
            defaultValue = "1m",
            paramLabel = "DURATION",
            description = "Step of subqueries that name none. Default: ${DEFAULT-VALUE}")
    public Duration evaluationInterval;

    @Option(
            names = "--query.auto-downsampling",
            negatable = true,
            description = "Range queries read data as coarse as a fifth of their step.")
    public boolean autoDownsampling;

    @Option(
            names = "--query.instant.default.max_source_resolution",
            defaultValue = "0s",
            hidden = true,
            paramLabel = "DURATION")
    public Duration instantMaxSourceResolution;

    @Option(
            names = "--query.metadata.default-time-range",
            defaultValue = "0s",
            paramLabel = "DURATION",
            description = "How far back series and labels are looked up if a request does not say; 0: for ever.")
    public Duration metadataRange;

    @Option(
            names = "--query.partial-response",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Answer without an endpoint that fails, with a warning. Default: ${DEFAULT-VALUE}")
    public boolean partialResponse;

    @Option(
            names = "--enable-feature",
            split = ",",
            paramLabel = "NAME",
            description = "Parts of PromQL that are off by default, by Prometheus' names. May be repeated.")
    public List<String> features = new ArrayList<>();
}
