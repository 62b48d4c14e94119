package io.meridian.cli.demo;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.json.JsonWriter;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Parser;
import io.meridian.promql.parse.ParserOptions;
import io.meridian.proto.remote.RemoteRead;
import io.meridian.proto.remote.StreamedWriter;
import io.meridian.server.Metrics;
import io.meridian.server.Probes;
import io.meridian.server.Service;
import io.meridian.server.flag.HostPort;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.http.Exchange;
import io.meridian.server.http.HttpEndpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Speaks what a sidecar asks of a Prometheus: status, streamed remote read, series and labels. A fresh clone has no
/// Prometheus; this stands in for one in the demo alone.
final class ReplicaServer {
    private static final int FRAME_BYTES_MAX = 1 << 20;
    private static final String JSON = "application/json";

    private final SeriesSource source;
    private final Labels external;
    private final HttpEndpoint endpoint;

    /// Starts serving at a free port of the loopback address.
    ///
    /// @param startMs time of the first sample that this server still has
    ReplicaServer(Service service, SeriesSource source, Labels external, long startMs) throws IOException {
        this.source = source;
        this.external = external;
        var metrics = new Metrics();
        metrics.gauge("prometheus_tsdb_lowest_timestamp_seconds", "First sample.", () -> startMs / 1000);
        this.endpoint = HttpEndpoint.builder(service, new Probes(), metrics)
                .get("/api/v1/status/config", exchange -> data(exchange, Map.of("yaml", configYaml())))
                .get("/api/v1/status/flags", exchange -> data(exchange, flags()))
                .get("/api/v1/status/buildinfo", exchange -> data(exchange, Map.of("version", "3.14.0")))
                .post("/api/v1/read", this::remoteRead)
                .getOrPost("/api/v1/series", this::series)
                .getOrPost("/api/v1/labels", this::labels)
                .get("/api/v1/label/{name}/values", this::labelValues)
                .serve(HttpFlags.of(HostPort.parse("127.0.0.1:0"), Duration.ZERO));
    }

    String url() {
        return "http://127.0.0.1:" + endpoint.port();
    }

    private String configYaml() {
        var yaml = new StringBuilder("global:\n  scrape_interval: 30s\n  external_labels:\n");
        for (int i = 0; i < external.size(); i++) {
            yaml.append("    %s: %s%n".formatted(external.name(i), external.value(i)));
        }
        return yaml.toString();
    }

    private static Map<String, String> flags() {
        return Map.of("storage.tsdb.min-block-duration", "2h", "storage.tsdb.max-block-duration", "2h");
    }

    private void remoteRead(Exchange exchange) throws IOException {
        RemoteRead.Request request = RemoteRead.parse(exchange.body());
        try (OutputStream out = exchange.stream(200, RemoteRead.STREAMED_TYPE)) {
            var writer = new StreamedWriter(out, FRAME_BYTES_MAX);
            for (int q = 0; q < request.queries().size(); q++) {
                try (var set = source.select(request.queries().get(q), QueryContext.unlimited())) {
                    while (set.next() instanceof ChunkSeries series) {
                        writer.series(q, series.labels().overriddenBy(external), encoded(series.chunks()));
                    }
                }
            }
        }
    }

    private static List<EncodedChunk> encoded(List<Chunk> chunks) {
        return chunks.stream().map(EncodedChunk.class::cast).toList();
    }

    private void series(Exchange exchange) throws IOException {
        var all = new ArrayList<@Nullable Object>();
        try (var set = source.select(selection(exchange), QueryContext.unlimited())) {
            while (set.next() instanceof ChunkSeries series) {
                var labels = new LinkedHashMap<String, String>();
                for (int i = 0; i < series.labels().size(); i++) {
                    labels.put(series.labels().name(i), series.labels().value(i));
                }
                all.add(labels);
            }
        }
        data(exchange, all);
    }

    private void labels(Exchange exchange) throws IOException {
        data(exchange, source.labelNames(selection(exchange), QueryContext.unlimited()));
    }

    private void labelValues(Exchange exchange) throws IOException {
        data(
                exchange,
                source.labelValues(exchange.pathParameter("name"), selection(exchange), QueryContext.unlimited()));
    }

    /// The first `match[]`, and `start` and `end` in seconds.
    private static Selection selection(Exchange exchange) {
        String match = exchange.parameter("match[]");
        List<LabelMatcher> matchers = match.isEmpty()
                ? List.of()
                : ((Expr.VectorSelector) Parser.parse(match, ParserOptions.DEFAULT)).matchers();
        return new Selection(
                matchers,
                new TimeRange(
                        seconds(exchange.parameter("start"), Long.MIN_VALUE / 2),
                        seconds(exchange.parameter("end"), Long.MAX_VALUE / 2)));
    }

    private static long seconds(String text, long otherwise) {
        return text.isEmpty() ? otherwise : (long) (Double.parseDouble(text) * 1000);
    }

    private static void data(Exchange exchange, Object data) throws IOException {
        var answer = new LinkedHashMap<String, @Nullable Object>();
        answer.put("status", "success");
        answer.put("data", data);
        exchange.respond(200, JSON, JsonWriter.compact(answer));
    }
}
