package io.meridian.promql.script;

import io.meridian.model.SeriesSource;
import io.meridian.promql.QueryRequest;
import io.meridian.promql.QueryResult;

/// Who answers the queries of a script: an engine of ours, or a server that holds the same data.
@FunctionalInterface
public interface QueryRunner {
    /// @throws io.meridian.model.QueryException if the query fails
    QueryResult run(QueryRequest request, SeriesSource source);
}
