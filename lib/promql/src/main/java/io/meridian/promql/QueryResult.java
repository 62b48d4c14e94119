package io.meridian.promql;

import io.meridian.promql.parse.Expr.ValueType;
import java.util.List;

/// The answer to a query.
///
/// - SCALAR: `scalar` at `timeMs`; STRING: `text` at `timeMs`.
/// - VECTOR: each series has one point, at `timeMs`; the order is the engine's.
/// - MATRIX: series in label order, each with at least one point.
///
/// @param warnings texts with position, without duplicates, not shortened to ten
/// @param infos    likewise
public record QueryResult(
        ValueType type,
        long timeMs,
        double scalar,
        String text,
        List<ResultSeries> series,
        List<String> warnings,
        List<String> infos,
        QueryStats stats) {
    public QueryResult {
        series = List.copyOf(series);
        warnings = List.copyOf(warnings);
        infos = List.copyOf(infos);
    }
}
