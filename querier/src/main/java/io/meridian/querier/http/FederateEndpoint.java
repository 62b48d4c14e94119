package io.meridian.querier.http;

import io.meridian.model.GoFloat;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.StaleMarker;
import io.meridian.model.TimeRange;
import io.meridian.promql.parse.ParseException;
import io.meridian.promql.parse.Parser;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.server.http.Exchange;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// `/federate`: the last float of each series within the lookback, in Prometheus' text format.
record FederateEndpoint(FanoutSource fanout, QuerySettings settings) {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final long LOOKBACK_DEFAULT_MS = 300_000;
    private static final String INSTANCE = "instance";

    private record Point(long timeMs, double value) {}

    void handle(Exchange exchange) throws IOException {
        var parameters = new RequestParameters(exchange);
        var selectors = new ArrayList<List<LabelMatcher>>();
        try {
            for (String selector : parameters.all("match[]")) {
                selectors.add(Parser.parseSelector(selector));
            }
        } catch (ParseException e) {
            exchange.respond(400, PLAIN, e.getMessage() + "\n");
            return;
        }
        TreeMap<Labels, Point> points;
        try {
            points = last(parameters, selectors);
        } catch (ApiException e) {
            exchange.respond(e.type().status(), PLAIN, e.getMessage() + "\n");
            return;
        } catch (QueryException e) {
            exchange.respond(ErrorType.of(e.fault()).status(), PLAIN, e.getMessage() + "\n");
            return;
        }
        try (var out = new OutputStreamWriter(exchange.stream(200, TEXT), StandardCharsets.UTF_8)) {
            String family = "";
            for (var entry : points.entrySet()) {
                String name = escaped(entry.getKey().metricName());
                if (!name.equals(family)) {
                    out.append("# TYPE ").append(name).append(" untyped\n");
                    family = name;
                }
                write(out, name, entry.getKey(), entry.getValue());
            }
        }
    }

    private TreeMap<Labels, Point> last(RequestParameters parameters, List<List<LabelMatcher>> selectors) {
        var scope = QueryScope.of(parameters, settings, fanout, 0);
        long now = System.currentTimeMillis();
        long lookback = settings.lookbackMs() > 0 ? settings.lookbackMs() : LOOKBACK_DEFAULT_MS;
        var range = new TimeRange(now - lookback, now);
        var points = new TreeMap<Labels, Point>();
        var samples = new SampleBuffer();
        for (List<LabelMatcher> selector : selectors) {
            if (selector.isEmpty()) {
                continue;
            }
            try (SeriesSet set = scope.view().select(new Selection(selector, range), scope.context())) {
                for (Series series = set.next(); series != null; series = set.next()) {
                    samples.clear();
                    series.read(range, samples);
                    int index = samples.size() - 1;
                    var histograms = samples.histograms();
                    boolean isFloat = index >= 0 && (histograms == null || histograms[index] == null);
                    if (isFloat
                            && !StaleMarker.is(samples.values()[index])
                            && series.labels().has(Labels.METRIC_NAME)) {
                        points.put(series.labels(), new Point(samples.times()[index], samples.values()[index]));
                    }
                }
            }
        }
        return points;
    }

    private static void write(Writer out, String name, Labels labels, Point point) throws IOException {
        out.append(name).append('{');
        boolean first = true;
        for (int i = 0; i < labels.size(); i++) {
            if (!labels.name(i).equals(Labels.METRIC_NAME)) {
                pair(out, first, escaped(labels.name(i)), labels.value(i));
                first = false;
            }
        }
        if (!labels.has(INSTANCE)) {
            pair(out, first, INSTANCE, "");
        }
        out.append("} ")
                .append(point.value() == 0 ? "0" : GoFloat.general(point.value()))
                .append(' ');
        out.append(Long.toString(point.timeMs())).append('\n');
    }

    private static void pair(Writer out, boolean first, String name, String value) throws IOException {
        out.append(first ? "" : ",").append(name).append("=\"");
        out.append(value.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\""))
                .append('"');
    }

    /// Letters, digits, underscores (and colons) stay; all else becomes an underscore.
    private static String escaped(String name) {
        var out = new StringBuilder(name.length());
        name.codePoints().forEach(point -> {
            boolean plain = point < 0x80 && (Character.isLetterOrDigit(point) || point == '_' || point == ':');
            out.append(plain ? (char) point : '_');
        });
        return out.toString();
    }
}
