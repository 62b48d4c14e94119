package io.meridian.querier.http;

import io.meridian.model.Fault;
import io.meridian.model.QueryException;
import io.meridian.model.json.JsonWriter;
import io.meridian.promql.Engine;
import io.meridian.promql.QueryStats;
import io.meridian.promql.explain.Estimator;
import io.meridian.promql.explain.Explanation;
import io.meridian.querier.http.QueryEndpoints.Asked;
import io.meridian.server.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `/api/v1/query_explain`: the plan of a query, as a tree in JSON and as text; with `analyze=true` the query is
/// carried out too. Parameters are those of `query`, or of `query_range` if there is a `start`.
record ExplainEndpoint(Engine engine, QueryEndpoints queries, QueryGate gate) {
    private static final double NANOS_PER_MS = 1e6;

    void handle(Exchange exchange) throws IOException {
        var parameters = new RequestParameters(exchange);
        Asked asked = parameters.has("start") ? queries.range(parameters) : queries.instant(parameters);
        boolean analyze = parameters.bool("analyze", false);
        Map<String, @Nullable Object> answer;
        try (QueryScope scope = asked.scope()) {
            answer = gate.call(scope.context(), () -> analyze ? analysis(asked) : explanation(asked));
        }
        byte[] json = JsonWriter.compact(answer).getBytes(StandardCharsets.UTF_8);
        Envelope.success(exchange, out -> out.raw(json));
    }

    private static Estimator estimator(Asked asked) {
        return Estimator.of(asked.scope().view().source(), asked.scope().context());
    }

    private static QueryException named(QueryException e) {
        if (e.fault() == Fault.BAD_QUERY) {
            throw ApiException.invalidParameter("query", String.valueOf(e.getMessage()));
        }
        return e;
    }

    private Map<String, @Nullable Object> explanation(Asked asked) {
        try {
            return tree(engine.explain(asked.request(), estimator(asked)));
        } catch (QueryException e) {
            throw named(e);
        }
    }

    private Map<String, @Nullable Object> analysis(Asked asked) {
        long startNanos = System.nanoTime();
        var context = asked.scope().context();
        Engine.Analysis analysis;
        try {
            analysis = engine.analyze(asked.request(), asked.scope().view(), context, Estimator.NONE);
        } catch (QueryException e) {
            throw named(e);
        }
        Map<String, @Nullable Object> answer = tree(analysis.explanation());
        QueryStats stats = analysis.result().stats();
        Map<String, @Nullable Object> totals = new LinkedHashMap<>();
        totals.put("milliseconds", (System.nanoTime() - startNanos) / NANOS_PER_MS);
        totals.put("series", analysis.result().series().size());
        totals.put("totalQueryableSamples", stats.totalQueryableSamples());
        totals.put("samplesRead", stats.samplesRead());
        totals.put("peakSamples", stats.peakSamples());
        totals.put("requests", context.requestCount());
        totals.put("bytesRead", context.bytesRead());
        answer.put("totals", totals);
        return answer;
    }

    private static Map<String, @Nullable Object> tree(Explanation explanation) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("plan", explanation.toJson());
        answer.put("text", explanation.toText());
        return answer;
    }
}
