package io.meridian.querier.http;

import io.meridian.model.GoQuote;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.querier.json.ResultWriter;
import io.meridian.server.http.Exchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// `/api/v1/series`, `/api/v1/labels` and `/api/v1/label/{name}/values`.
final class SeriesEndpoints {
    private final FanoutSource fanout;
    private final QuerySettings settings;

    SeriesEndpoints(FanoutSource fanout, QuerySettings settings) {
        this.fanout = fanout;
        this.settings = settings;
    }

    void series(Exchange exchange) throws IOException {
        var parameters = new RequestParameters(exchange);
        parameters.requireWhole();
        if (parameters.all("match[]").isEmpty()) {
            throw ApiException.badData("no match[] parameter provided");
        }
        int limit = parameters.limit();
        TimeRange range = range(parameters);
        List<List<LabelMatcher>> selectors;
        try {
            selectors = parameters.selectors();
        } catch (IllegalArgumentException e) {
            throw ApiException.invalidParameter("match[]", String.valueOf(e.getMessage()));
        }
        try (var scope = QueryScope.of(parameters, settings, fanout, 0)) {
            series(exchange, scope, limit, range, selectors);
        }
    }

    private static void series(
            Exchange exchange, QueryScope scope, int limit, TimeRange range, List<List<LabelMatcher>> selectors)
            throws IOException {
        var found = new TreeSet<Labels>();
        for (List<LabelMatcher> selector : selectors) {
            var hints = SelectHints.NONE.withLabelsOnly(limit == 0 ? 0 : limit + 1L);
            try (SeriesSet set = scope.view().select(new Selection(selector, range, hints), scope.context())) {
                for (Series series = set.next(); series != null; series = set.next()) {
                    found.add(series.labels());
                }
            }
        }
        List<Labels> all = List.copyOf(found);
        boolean truncated = limit > 0 && all.size() > limit;
        List<Labels> shown = truncated ? all.subList(0, limit) : all;
        Envelope.success(
                exchange,
                out -> {
                    out.raw('[');
                    for (int i = 0; i < shown.size(); i++) {
                        if (i > 0) {
                            out.raw(',');
                        }
                        ResultWriter.labels(out, shown.get(i));
                    }
                    out.raw(']');
                },
                annotations(scope, truncated));
    }

    /// Asks for names or values within a selection.
    private interface LabelQuery {
        List<String> of(SeriesSource view, Selection selection, QueryContext context);
    }

    void labels(Exchange exchange) throws IOException {
        var parameters = new RequestParameters(exchange);
        parameters.requireWhole();
        answer(exchange, parameters, SeriesSource::labelNames);
    }

    void labelValues(Exchange exchange) throws IOException {
        String name = LabelNameEscape.decode(exchange.pathParameter("name"));
        if (name.isEmpty() || !isUtf8(name)) {
            throw ApiException.badData("invalid label name: " + GoQuote.quote(name));
        }
        answer(
                exchange,
                new RequestParameters(exchange),
                (view, selection, context) -> view.labelValues(name, selection, context));
    }

    private void answer(Exchange exchange, RequestParameters parameters, LabelQuery query) throws IOException {
        int limit = parameters.limit();
        TimeRange range = range(parameters);
        List<List<LabelMatcher>> selectors = selectors(parameters);
        try (var scope = QueryScope.of(parameters, settings, fanout, 0)) {
            List<String> names;
            if (selectors.size() <= 1) {
                var only = new Selection(selectors.isEmpty() ? List.of() : selectors.getFirst(), range);
                names = query.of(scope.view(), only, scope.context());
            } else {
                var union = new TreeSet<String>(Utf8::compare);
                for (List<LabelMatcher> selector : selectors) {
                    union.addAll(query.of(scope.view(), new Selection(selector, range), scope.context()));
                }
                names = List.copyOf(union);
            }
            boolean truncated = limit > 0 && names.size() > limit;
            List<String> shown = truncated ? names.subList(0, limit) : names;
            Envelope.success(exchange, out -> Envelope.strings(out, shown), annotations(scope, truncated));
        }
    }

    private static Envelope.Annotations annotations(QueryScope scope, boolean truncated) {
        var warnings = new ArrayList<>(scope.notices());
        if (truncated) {
            warnings.add(QueryEndpoints.TRUNCATED);
        }
        return Envelope.Annotations.incomplete(warnings);
    }

    private static List<List<LabelMatcher>> selectors(RequestParameters parameters) {
        try {
            return parameters.selectors();
        } catch (IllegalArgumentException e) {
            throw ApiException.badData(String.valueOf(e.getMessage()));
        }
    }

    private TimeRange range(RequestParameters parameters) {
        GoTime earliest = GoTime.MIN;
        if (!settings.metadataRange().isZero()) {
            earliest = GoTime.ofMs(GoTime.now().ms() - settings.metadataRange().toMillis());
        }
        long start = parameters.time("start", earliest).ms();
        return new TimeRange(start, parameters.time("end", GoTime.MAX).ms());
    }

    private static boolean isUtf8(String text) {
        // what a request has that is not UTF-8 becomes a lone surrogate when it is decoded
        return text.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }
}
