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

    /// Which annotations of one kind are expected: those given and no others, none, at least one, or whatever comes.
    record Annotations(List<TextExpectation> expected, boolean none, boolean any) {}

    /// Start, end and step of a query's or an expected range vector's times, in milliseconds.
    record Grid(long startMs, long endMs, long stepMs) {}

    /// @param grid    of a range query or of the range vector expected; an instant query is asked at its end
    /// @param failure how it must fail: all that is said of the text, empty if nothing is; null if it must not
    /// @param ordered whether the order of the lines counts
    /// @param scalar  the scalar expected, or null
    /// @param text    the string expected, or null
    /// @param ranges  whether a range vector is expected from an instant query
    /// @param series  what is expected else
    record Eval(
            int line,
            boolean instant,
            Grid grid,
            String query,
            @Nullable List<TextExpectation> failure,
            Annotations warnings,
            Annotations infos,
            boolean ordered,
            @Nullable Double scalar,
            @Nullable String text,
            boolean ranges,
            List<ExpectedSeries> series)
            implements ScriptCommand {}
}
