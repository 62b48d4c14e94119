package io.meridian.querier.http;

import io.meridian.model.Fault;
import io.meridian.model.QueryException;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.QueryResult;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.querier.json.Parallel;
import io.meridian.querier.json.ResultWriter;
import io.meridian.server.http.Exchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// `/api/v1/query` and `/api/v1/query_range`.
final class QueryEndpoints {
    private static final int POINTS_MAX = 11_000;
    private static final int ANNOTATIONS_MAX = 10;
    private static final long NANOS_PER_MS = 1_000_000;
    static final String TRUNCATED = "results truncated due to limit";

    private record Timed(QueryResult result, long startNanos, long endNanos) {}

    private final FanoutSource fanout;
    private final Evaluator evaluator;
    private final QuerySettings settings;
    private final QueryGate gate;
    private final Parallel parallel;

    QueryEndpoints(
            FanoutSource fanout, Evaluator evaluator, QuerySettings settings, QueryGate gate, Parallel parallel) {
        this.fanout = fanout;
        this.evaluator = evaluator;
        this.settings = settings;
        this.gate = gate;
        this.parallel = parallel;
    }

    /// What a request asks for.
    ///
    /// @param limit most series of the answer; 0: all
    record Asked(RequestParameters parameters, QueryRequest request, QueryScope scope, int limit) {}

    void query(Exchange exchange) throws IOException {
        answer(instant(new RequestParameters(exchange)));
    }

    void queryRange(Exchange exchange) throws IOException {
        answer(range(new RequestParameters(exchange)));
    }

    /// What the result holds counts until it is written.
    private void answer(Asked asked) throws IOException {
        try (QueryScope scope = asked.scope()) {
            answer(asked, scope);
        }
    }

    Asked instant(RequestParameters parameters) {
        int limit = parameters.limit();
        long time = parameters.time("time", GoTime.now()).engineMs();
        var scope = QueryScope.of(parameters, settings, fanout, 0);
        long lookback = lookbackMs(parameters, scope);
        var request = QueryRequest.instant(parameters.text("query"), time).withLookbackMs(lookback);
        return new Asked(parameters, request, scope, limit);
    }

    Asked range(RequestParameters parameters) {
        int limit = parameters.limit();
        GoTime start = parameters.requiredTime("start");
        GoTime end = parameters.requiredTime("end");
        if (end.isBefore(start)) {
            throw ApiException.invalidParameter("end", "end timestamp must not be before start time");
        }
        long stepNanos = parameters.duration("step");
        if (stepNanos <= 0) {
            throw ApiException.invalidParameter(
                    "step", "zero or negative query resolution step widths are not accepted. Try a positive integer");
        }
        if (end.nanosSince(start) / stepNanos > POINTS_MAX) {
            throw ApiException.badData(
                    "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution"
                            + " (?step=XX)");
        }
        long stepMs = Math.max(1, stepNanos / NANOS_PER_MS);
        var scope = QueryScope.of(parameters, settings, fanout, stepMs);
        long lookback = lookbackMs(parameters, scope);
        long startMs = start.engineMs();
        long endMs = Math.max(startMs, end.engineMs());
        var request = QueryRequest.range(parameters.text("query"), startMs, endMs, stepMs);
        return new Asked(parameters, request.withLookbackMs(lookback), scope, limit);
    }

    private long lookbackMs(RequestParameters parameters, QueryScope scope) {
        if (parameters.has("lookback_delta")) {
            try {
                long given = RequestDuration.parse(parameters.text("lookback_delta")) / NANOS_PER_MS;
                if (given > 0) {
                    return given;
                }
            } catch (IllegalArgumentException e) {
                throw ApiException.badData("error parsing lookback delta duration: " + e.getMessage());
            }
        }
        QuerySettings.Lookback lookback = settings.lookback();
        return lookback.dynamic() ? scope.view().resolution().lookbackMs(lookback.ms()) : lookback.ms();
    }

    private void answer(Asked asked, QueryScope scope) throws IOException {
        RequestParameters parameters = asked.parameters();
        String stats = parameters.text("stats");
        QueryRequest request = asked.request().countingAll(!stats.isEmpty());
        int limit = asked.limit();
        if (parameters.has("timeout") && parameters.duration("timeout") <= 0) {
            throw outOfTime(request, scope);
        }
        long queuedNanos = System.nanoTime();
        Timed timed = gate.call(scope.context(), () -> evaluate(request, scope));
        QueryResult result = timed.result();
        var warnings = new ArrayList<String>();
        if (!stats.isEmpty() && !stats.equals("true") && !stats.equals("all")) {
            warnings.add(
                    "value \"" + stats + "\" for parameter \"stats\" is deprecated and will be rejected in the next"
                            + " major release, use \"true\" or \"all\"");
        }
        warnings.addAll(limited(result.warnings(), "warning"));
        List<String> notices = scope.notices();
        warnings.addAll(notices);
        boolean truncated = limit > 0 && result.series().size() > limit;
        if (truncated) {
            warnings.add(TRUNCATED);
        }
        QueryResult shown = truncated ? first(result, limit) : result;
        var annotations =
                new Envelope.Annotations(warnings, limited(result.infos(), "info"), truncated || !notices.isEmpty());
        Envelope.success(
                parameters.exchange(),
                out -> {
                    out.raw('{');
                    new ResultWriter(out, parallel).write(shown);
                    if (!stats.isEmpty()) {
                        boolean perStep = settings.perStepStats() && stats.equals("all");
                        out.raw(",\"stats\":");
                        new StatsWriter(out, request, result.stats())
                                .write(
                                        timed.startNanos() - queuedNanos,
                                        timed.endNanos() - timed.startNanos(),
                                        perStep);
                    }
                    out.raw('}');
                },
                annotations);
    }

    /// Prometheus answers by chance here: bad_data, execution or timeout where the query can be read, and always
    /// bad_data where it cannot.
    private ApiException outOfTime(QueryRequest request, QueryScope scope) {
        try {
            evaluate(request, scope);
        } catch (QueryException e) {
            if (e.fault() != Fault.TIMED_OUT) {
                throw e;
            }
        }
        return new ApiException(ErrorType.EXECUTION, "context deadline exceeded");
    }

    /// A query that cannot even be read is the fault of its parameter; what fails later is not.
    private Timed evaluate(QueryRequest request, QueryScope scope) {
        long startNanos = System.nanoTime();
        try {
            QueryResult result = evaluator.evaluate(request, scope.view(), scope.context());
            return new Timed(result, startNanos, System.nanoTime());
        } catch (QueryException e) {
            if (e.fault() == Fault.BAD_QUERY) {
                throw ApiException.invalidParameter("query", String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private static QueryResult first(QueryResult result, int limit) {
        return new QueryResult(
                result.type(),
                result.timeMs(),
                result.scalar(),
                result.text(),
                result.series().subList(0, limit),
                result.warnings(),
                result.infos(),
                result.stats());
    }

    private static List<String> limited(List<String> annotations, String kind) {
        if (annotations.size() <= ANNOTATIONS_MAX) {
            return annotations;
        }
        var shown = new ArrayList<>(annotations.subList(0, ANNOTATIONS_MAX));
        shown.add((annotations.size() - ANNOTATIONS_MAX) + " more " + kind + " annotations omitted");
        return shown;
    }
}
