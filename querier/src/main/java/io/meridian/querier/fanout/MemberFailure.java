package io.meridian.querier.fanout;

import io.meridian.model.Fault;
import io.meridian.model.Notice;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;

/// What becomes of a query when one member fails.
final class MemberFailure {
    private MemberFailure() {}

    /// Ends the query where the failure is the query's own (cancelled, timed out, over its budget) or where the
    /// policy wants all or nothing; else leaves a notice, so that the answer says what is missing.
    ///
    /// @param action what was tried, as Thanos words it: `fetch series for`, `receive series from`, …
    /// @throws QueryException if the query ends
    static void handle(String action, Member member, Throwable failure, QueryContext context) {
        context.check();
        if (failure instanceof Error error) {
            throw error;
        }
        Fault fault = Fault.STORE_UNAVAILABLE;
        if (failure instanceof QueryException exception) {
            if (exception.fault() == Fault.LIMIT_EXCEEDED) {
                throw exception;
            }
            fault = exception.fault();
        }
        String reason = failure.getMessage();
        context.sourceFailed(
                new Notice(action + " " + member.description(), reason == null ? failure.toString() : reason), fault);
    }
}
