package io.meridian.promql.script;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One command of a script.
sealed interface ScriptCommand {
    /// Where it begins, counted from 1.
    int line();

    record Clear(int line) implements ScriptCommand {}

    /// @param startTimes of the series at the same index, or null
    record Load(
            int line,
            boolean withCustomBuckets,
            long stepMs,
            List<SeriesLine> series,
            List<@Nullable List<@Nullable Long>> startTimes)
            implements ScriptCommand {}

    /// Which annotations of one kind are expected: some, none, or whatever comes (neither).
    record Annotations(List<TextExpectation> expected, boolean none) {}

    /// Start, end and step of an expected range vector, in milliseconds.
    record Grid(long startMs, long endMs, long stepMs) {}

    /// @param grid    of a range query; start and end are equal in an instant query
    /// @param failure how it must fail, or null
    /// @param ordered whether the order of the lines counts
    /// @param scalar  the scalar expected, or null
    /// @param text    the string expected, or null
    /// @param matrix  steps of the range vector expected from an instant query, or null
    /// @param series  what is expected else
    record Eval(
            int line,
            boolean instant,
            Grid grid,
            String query,
            @Nullable TextExpectation failure,
            Annotations warnings,
            Annotations infos,
            boolean ordered,
            @Nullable Double scalar,
            @Nullable String text,
            @Nullable Grid matrix,
            List<SeriesLine> series)
            implements ScriptCommand {}
}
