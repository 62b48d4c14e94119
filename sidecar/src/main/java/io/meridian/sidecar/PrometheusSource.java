package io.meridian.sidecar;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Coverage;
import io.meridian.model.Fault;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.json.Json;
import io.meridian.model.json.JsonException;
import io.meridian.proto.codec.ChunkReencoder;
import io.meridian.proto.codec.SeriesRequestCodec;
import io.meridian.proto.remote.RemoteRead;
import io.meridian.proto.remote.SampledReader;
import io.meridian.proto.remote.StreamedReader;
import io.meridian.sidecar.PrometheusClient.Parameter;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A live Prometheus as a source: samples by streamed remote read in the encodings it stores, labels by its HTTP API.
/// External labels are put over the series' own.
final class PrometheusSource implements SeriesSource {
    private static final long PATIENCE_MAX_NANOS = Duration.ofHours(1).toNanos();

    private final PrometheusClient prometheus;
    private final Supplier<PrometheusState> state;

    PrometheusSource(PrometheusClient prometheus, Supplier<PrometheusState> state) {
        this.prometheus = prometheus;
        this.state = state;
    }

    @Override
    public String name() {
        return "prometheus " + prometheus.url();
    }

    @Override
    public List<Coverage> coverage() {
        PrometheusState now = state.get();
        return now.externalLabels().isEmpty() ? List.of() : List.of(now.coverage());
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        PrometheusState now = state.get();
        List<LabelMatcher> matchers = Matchers.withoutExternal(selection.matchers(), now.externalLabels());
        if (matchers == null) {
            return SeriesSet.of(List.of());
        }
        Matchers.requireSome(matchers);
        TimeRange range = selection.range().intersect(now.range());
        if (range.isEmpty()) {
            return SeriesSet.of(List.of());
        }
        context.check();
        long limit = selection.hints().limit();
        if (selection.hints().labelsOnly()) {
            var series = new ArrayList<ChunkSeries>();
            for (Labels labels : series(matchers, range, limit, now)) {
                series.add(new ChunkSeries(labels, List.of()));
            }
            return SeriesSet.of(limit > 0 && series.size() > limit ? series.subList(0, (int) limit) : series);
        }
        SeriesSet set = read(matchers, range, now.externalLabels(), context);
        return limit > 0 ? new LimitedSet(set, limit) : set;
    }

    private SeriesSet read(List<LabelMatcher> matchers, TimeRange range, Labels externalLabels, QueryContext context) {
        context.countRead(1, 0);
        byte[] body = RemoteRead.request(new Selection(matchers, range));
        long patienceNanos = Math.max(1, Math.min(context.remainingNanos(), PATIENCE_MAX_NANOS));
        try {
            PrometheusClient.Read answer = prometheus.read(body, Duration.ofNanos(patienceNanos), context);
            try {
                if (answer.contentType().startsWith("application/x-streamed-protobuf")) {
                    return new LiveSeriesSet(
                            new StreamedReader(name(), answer.body()),
                            answer,
                            new ExternalLabels(externalLabels),
                            context,
                            name());
                }
                if (answer.contentType().startsWith(RemoteRead.SAMPLES_TYPE)) {
                    return sampled(answer, externalLabels, context);
                }
                throw new QueryException(
                        Fault.STORE_UNAVAILABLE,
                        name() + ": remote read answered with content type \"" + answer.contentType() + "\"");
            } catch (RuntimeException | IOException e) {
                answer.close();
                throw e;
            }
        } catch (CorruptDataException e) {
            throw new QueryException(Fault.STORE_UNAVAILABLE, name() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            context.check();
            throw failed(e);
        }
    }

    private SeriesSet sampled(PrometheusClient.Read answer, Labels externalLabels, QueryContext context)
            throws IOException {
        byte[] body = PrometheusClient.bytes(answer.body());
        answer.close();
        context.countRead(0, body.length);
        var reencoder = new ChunkReencoder(SeriesRequestCodec.COMMON_ENCODINGS);
        var all = new ArrayList<ChunkSeries>();
        for (var result : SampledReader.read(body)) {
            for (var series : result) {
                if (series.samples().size() > 0) {
                    var chunked = new ChunkSeries(
                            series.labels().overriddenBy(externalLabels), reencoder.encode(series.samples()));
                    context.reserve(chunked.retainedBytes());
                    all.add(chunked);
                }
            }
        }
        return SeriesSet.of(SeriesOrder.sortedAndJoined(all));
    }

    /// Label sets by the series API, external labels applied, ascending.
    private Set<Labels> series(List<LabelMatcher> matchers, TimeRange range, long limit, PrometheusState now) {
        List<Parameter> parameters = parameters(matchers, range);
        if (limit > 0) {
            parameters.add(new Parameter("limit", Long.toString(limit)));
        }
        var result = new TreeSet<Labels>();
        try {
            for (Object one : Json.asArray(prometheus.api("/api/v1/series", parameters), "series")) {
                var labels = Labels.empty().toBuilder();
                Json.asObject(one, "series").forEach((name, value) -> labels.set(name, String.valueOf(value)));
                result.add(labels.build().overriddenBy(now.externalLabels()));
            }
            return result;
        } catch (IOException | JsonException e) {
            throw failed(e);
        }
    }

    private static List<Parameter> parameters(List<LabelMatcher> matchers, TimeRange range) {
        var parameters = new ArrayList<Parameter>();
        if (!matchers.isEmpty()) {
            parameters.add(new Parameter("match[]", Matchers.selector(matchers)));
        }
        parameters.add(new Parameter("start", seconds(range.minMs())));
        parameters.add(new Parameter("end", seconds(range.maxMs())));
        return parameters;
    }

    /// Seconds with milliseconds, within what Prometheus can represent (about the year 2262).
    private static String seconds(long timeMs) {
        long clamped = Math.clamp(timeMs, -9_000_000_000_000L, 9_000_000_000_000L);
        return BigDecimal.valueOf(clamped, 3).toPlainString();
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        PrometheusState now = state.get();
        List<LabelMatcher> matchers = Matchers.withoutExternal(selection.matchers(), now.externalLabels());
        TimeRange range = selection.range().intersect(now.range());
        if (matchers == null || range.isEmpty()) {
            return List.of();
        }
        context.check();
        var names = new TreeSet<String>(Utf8::compare);
        if (matchers.isEmpty() || now.labelApisMatch()) {
            names.addAll(texts("/api/v1/labels", parameters(matchers, range)));
        } else {
            for (Labels labels : series(matchers, range, 0, now)) {
                addNames(labels, names);
            }
        }
        // Nothing that matches: nothing that has the external labels either.
        if (!names.isEmpty()) {
            addNames(now.externalLabels(), names);
        }
        return List.copyOf(names);
    }

    private static void addNames(Labels labels, Set<String> names) {
        for (int i = 0; i < labels.size(); i++) {
            names.add(labels.name(i));
        }
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        if (labelName.isEmpty()) {
            throw new QueryException(Fault.BAD_QUERY, "label name parameter cannot be empty");
        }
        PrometheusState now = state.get();
        List<LabelMatcher> matchers = Matchers.withoutExternal(selection.matchers(), now.externalLabels());
        TimeRange range = selection.range().intersect(now.range());
        if (matchers == null || range.isEmpty()) {
            return List.of();
        }
        context.check();
        String external = now.externalLabels().get(labelName);
        if (!external.isEmpty()) {
            boolean any = matchers.isEmpty() || !series(matchers, range, 1, now).isEmpty();
            return any ? List.of(external) : List.of();
        }
        var values = new TreeSet<String>(Utf8::compare);
        if (matchers.isEmpty() || now.labelApisMatch()) {
            values.addAll(
                    texts("/api/v1/label/" + LabelPath.encode(labelName) + "/values", parameters(matchers, range)));
        } else {
            for (Labels labels : series(matchers, range, 0, now)) {
                values.add(labels.get(labelName));
            }
            values.remove("");
        }
        return List.copyOf(values);
    }

    private List<String> texts(String path, List<Parameter> parameters) {
        try {
            @Nullable Object data = prometheus.api(path, parameters);
            return data == null
                    ? List.of()
                    : Json.asArray(data, path).stream().map(String::valueOf).toList();
        } catch (IOException | JsonException e) {
            throw failed(e);
        }
    }

    private QueryException failed(Exception e) {
        boolean badQuery = e instanceof PrometheusException refused && refused.status() / 100 == 4;
        return new QueryException(
                badQuery ? Fault.BAD_QUERY : Fault.STORE_UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }

    /// Names in paths of the label API: legacy names as they are, others as `U__` with `_hex_` escapes.
    static final class LabelPath {
        private LabelPath() {}

        static String encode(String name) {
            if (name.matches("[a-zA-Z_][a-zA-Z0-9_]*")) {
                return name;
            }
            var path = new StringBuilder("U__");
            name.codePoints().forEach(point -> {
                if (point == '_') {
                    path.append("__");
                } else if (point < 0x80 && (Character.isLetterOrDigit(point) || point == ':')) {
                    path.appendCodePoint(point);
                } else {
                    path.append('_').append(Integer.toHexString(point)).append('_');
                }
            });
            return path.toString();
        }
    }
}
