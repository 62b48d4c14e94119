package io.meridian.querier.http;

import io.meridian.model.FloatHistogram;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `/federate`: the last sample of each series within the lookback, in Prometheus' text format. Histograms with
/// exponential buckets have no form in it and are left out, as Prometheus does.
record FederateEndpoint(FanoutSource fanout, QuerySettings settings) {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8; escaping=";
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final long LOOKBACK_DEFAULT_MS = 300_000;

    private record Point(
            long timeMs, double value, @Nullable FloatHistogram histogram) {
        /// The last sample, or null if there is none or it is a stale marker.
        static @Nullable Point last(SampleBuffer samples) {
            int index = samples.size() - 1;
            if (index < 0) {
                return null;
            }
            var histograms = samples.histograms();
            FloatHistogram histogram = histograms == null ? null : histograms.get(index);
            double value = histogram == null ? samples.values()[index] : histogram.sum();
            return StaleMarker.is(value) ? null : new Point(samples.times()[index], value, histogram);
        }
    }

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
        var escaping = NameEscaping.accepted(exchange.header("Accept"));
        var out = new OutputStreamWriter(exchange.stream(200, TEXT + escaping.term()), StandardCharsets.UTF_8);
        try (var text = new FederateText(out, escaping)) {
            for (var entry : points.entrySet()) {
                Point point = entry.getValue();
                if (point.histogram() == null) {
                    text.sample(entry.getKey(), point.timeMs(), point.value());
                } else if (point.histogram().hasCustomBounds()) {
                    text.histogram(entry.getKey(), point.timeMs(), point.histogram());
                }
            }
        }
    }

    private TreeMap<Labels, Point> last(RequestParameters parameters, List<List<LabelMatcher>> selectors) {
        try (var scope = QueryScope.of(parameters, settings, fanout, 0)) {
            long now = System.currentTimeMillis();
            long lookback = settings.lookback().ms() > 0 ? settings.lookback().ms() : LOOKBACK_DEFAULT_MS;
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
                        Point point = Point.last(samples);
                        if (point != null && series.labels().has(Labels.METRIC_NAME)) {
                            points.put(series.labels(), point);
                        }
                    }
                }
            }
            return points;
        }
    }
}
