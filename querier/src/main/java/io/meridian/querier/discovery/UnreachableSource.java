package io.meridian.querier.discovery;

import io.meridian.model.Coverage;
import io.meridian.model.Fault;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import java.util.List;

/// An endpoint that does not answer: fails at once, so that queries neither wait for it nor leave it out in silence.
///
/// @param coverage what it had when it last answered; everything, if it never did
/// @param error    why the last check failed
record UnreachableSource(String name, List<Coverage> coverage, String error) implements SeriesSource {
    private QueryException failure() {
        return new QueryException(Fault.STORE_UNAVAILABLE, "endpoint does not answer: " + error);
    }

    @Override
    public SeriesSet select(Selection selection, QueryContext context) {
        throw failure();
    }

    @Override
    public List<String> labelNames(Selection selection, QueryContext context) {
        throw failure();
    }

    @Override
    public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
        throw failure();
    }
}
