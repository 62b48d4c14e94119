package io.meridian.querier.http;

import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.querier.dedup.QueryView;
import io.meridian.querier.dedup.ResolutionPlanner;
import io.meridian.querier.fanout.FanoutSource;
import io.meridian.server.http.Exchange;
import java.util.List;

/// What the parameters that Thanos added to the API make of one request: which data it sees, and how.
///
/// @param view    the sources, restricted and deduplicated as asked
/// @param context the request's deadline, budget and policy; cancelled when the client goes away
record QueryScope(QueryView view, QueryContext context) implements AutoCloseable {
    private static final long NANOS_PER_MS = 1_000_000;

    /// @param stepMs of a range query; 0 for others
    static QueryScope of(RequestParameters parameters, QuerySettings settings, FanoutSource fanout, long stepMs) {
        boolean deduplicate = parameters.bool("dedup", true);
        List<String> replicaLabels = parameters.all("replicaLabels[]");
        if (replicaLabels.isEmpty()) {
            replicaLabels = settings.replicas().labels();
        }
        boolean partial = parameters.bool("partial_response", settings.partialResponse());
        var view = new QueryView(
                fanout.restrictedTo(parameters.storeSelectors()),
                resolution(parameters, settings, stepMs),
                deduplicate ? replicaLabels : List.of(),
                settings.replicas().deduplication());
        var context = new QueryContext(
                timeoutNanos(parameters, settings),
                settings.limits().bytesMax(),
                partial ? QueryContext.PartialResponse.WARN : QueryContext.PartialResponse.ABORT,
                settings.limits().bytesTogether());
        Exchange exchange = parameters.exchange();
        exchange.onDisconnect(context::cancel);
        return new QueryScope(view, context);
    }

    private static long timeoutNanos(RequestParameters parameters, QuerySettings settings) {
        long longest = settings.limits().timeout().toNanos();
        return parameters.has("timeout") ? Math.min(longest, parameters.duration("timeout")) : longest;
    }

    private static ResolutionPlanner resolution(RequestParameters parameters, QuerySettings settings, long stepMs) {
        String text = parameters.text("max_source_resolution");
        if (text.isEmpty() && !settings.downsampled().auto() && stepMs > 0) {
            return new ResolutionPlanner(0);
        }
        if (text.isEmpty() || text.equals("auto")) {
            return stepMs > 0
                    ? ResolutionPlanner.auto(stepMs)
                    : new ResolutionPlanner(settings.downsampled().instantMaxMs());
        }
        long nanos = parameters.duration("max_source_resolution");
        if (nanos < 0) {
            throw ApiException.invalidParameter(
                    "max_source_resolution",
                    "negative 'max_source_resolution' is not accepted. Try a positive integer");
        }
        return new ResolutionPlanner(nanos / NANOS_PER_MS);
    }

    @Override
    public void close() {
        context.close();
    }

    /// What sources had to say while they were read.
    List<String> notices() {
        return context.notices().stream().map(Notice::toString).toList();
    }
}
