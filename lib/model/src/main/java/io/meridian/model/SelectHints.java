package io.meridian.model;

import io.meridian.model.chunk.Aggregate;
import java.util.List;
import java.util.Set;

/// What a source may use to read less; ignoring all of it is correct, except [#limit] and [#labelsOnly].
///
/// @param function        the PromQL function or aggregation around the selector, or `""`
/// @param stepMs          distance of the query's steps, 0 for an instant query
/// @param rangeMs         the range of a matrix selector, else 0
/// @param grouping        labels of the aggregation around the selector
/// @param groupingBy      whether `grouping` names the labels kept (else the ones dropped)
/// @param maxResolutionMs coarsest downsampled data that may answer; 0: raw only
/// @param aggregates      which aggregates of downsampled data are wanted
/// @param labelsOnly      no samples are wanted
/// @param limit           at most so many series; 0: all
public record SelectHints(
        String function,
        long stepMs,
        long rangeMs,
        List<String> grouping,
        boolean groupingBy,
        long maxResolutionMs,
        Set<Aggregate> aggregates,
        boolean labelsOnly,
        long limit) {
    public static final SelectHints NONE = new SelectHints("", 0, 0, List.of(), false, 0, Set.of(), false, 0);

    public SelectHints {
        grouping = List.copyOf(grouping);
        aggregates = Set.copyOf(aggregates);
    }

    public SelectHints withDownsampling(long newMaxResolutionMs, Set<Aggregate> newAggregates) {
        return new SelectHints(
                function, stepMs, rangeMs, grouping, groupingBy, newMaxResolutionMs, newAggregates, labelsOnly, limit);
    }

    public SelectHints withLabelsOnly(long newLimit) {
        return new SelectHints(
                function, stepMs, rangeMs, grouping, groupingBy, maxResolutionMs, aggregates, true, newLimit);
    }
}
