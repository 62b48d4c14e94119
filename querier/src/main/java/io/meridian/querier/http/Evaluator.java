package io.meridian.querier.http;

import io.meridian.model.QueryContext;
import io.meridian.model.SeriesSource;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.QueryResult;

/// Answers PromQL.
@FunctionalInterface
public interface Evaluator {
    /// @throws io.meridian.model.QueryException if the query cannot be answered
    QueryResult evaluate(QueryRequest request, SeriesSource source, QueryContext context);
}
