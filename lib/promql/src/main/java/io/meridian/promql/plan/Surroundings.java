package io.meridian.promql.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where in a query an expression is planned: on which grid, within which subqueries, and whether in the parameter of
/// an aggregation (which Prometheus does not prepare).
///
/// @param statsNeed what is wanted of native histograms
/// @param query     grid of the whole query
/// @param grid      grid of the evaluator around the expression
/// @param enclosing all subqueries around it, outermost first
/// @param adjusted  those of them that the `@` offsets of the grid's evaluator still have to undo
record Surroundings(
        Grid query,
        Grid grid,
        List<Enclosing> enclosing,
        List<Enclosing> adjusted,
        boolean inParameter,
        HistogramNeed statsNeed) {
    /// What of native histograms the expressions around want.
    enum HistogramNeed {
        UNDECIDED,
        /// Counts and sums only.
        STATS,
        /// Buckets, too; nothing further in changes that.
        BUCKETS
    }

    /// Offset, range and `@` time of a subquery.
    record Enclosing(long offsetMs, long rangeMs, @Nullable Long atMs) {}

    Surroundings(Grid query) {
        this(query, query, List.of(), List.of(), false, HistogramNeed.UNDECIDED);
    }

    Surroundings firstStepOnly() {
        return new Surroundings(query, Grid.at(grid.startMs()), enclosing, adjusted, inParameter, statsNeed);
    }

    Surroundings parameter() {
        return new Surroundings(query, grid, enclosing, adjusted, true, statsNeed);
    }

    Surroundings needing(HistogramNeed need) {
        return statsNeed == HistogramNeed.BUCKETS
                ? this
                : new Surroundings(query, grid, enclosing, adjusted, inParameter, need);
    }

    Surroundings inside(Enclosing subquery, Grid inner) {
        List<Enclosing> undo = inner.startMs() == grid.startMs() ? plus(adjusted, subquery) : List.of();
        return new Surroundings(query, inner, plus(enclosing, subquery), undo, inParameter, HistogramNeed.BUCKETS);
    }

    private static List<Enclosing> plus(List<Enclosing> list, Enclosing last) {
        var longer = new ArrayList<>(list);
        longer.add(last);
        return List.copyOf(longer);
    }

    /// The offset by which an evaluator that starts with the grid reaches the time that was asked for.
    long offsetMs(@Nullable Long atMs, long ownOffsetMs) {
        if (atMs == null) {
            return ownOffsetMs;
        }
        Enclosing around = combined(adjusted);
        long undo = around.offsetMs() + (around.atMs() == null ? 0 : grid.startMs() - around.atMs());
        return ownOffsetMs + (grid.startMs() - atMs) - undo;
    }

    /// First and last time that the expression is evaluated at, as far as storage is concerned.
    Grid reach(@Nullable Long atMs) {
        if (atMs != null) {
            return Grid.at(atMs);
        }
        Enclosing around = combined(enclosing);
        long start = around.atMs() == null ? query.startMs() : around.atMs();
        long end = around.atMs() == null ? query.endMs() : around.atMs();
        return new Grid(start - around.offsetMs() - around.rangeMs(), end - around.offsetMs(), 1);
    }

    /// Offsets and ranges add up; an `@` forgets what is around it.
    private static Enclosing combined(List<Enclosing> subqueries) {
        long offset = 0;
        long range = 0;
        Long at = null;
        for (Enclosing subquery : subqueries) {
            if (subquery.atMs() != null) {
                offset = 0;
                range = 0;
                at = subquery.atMs();
            }
            offset += subquery.offsetMs();
            range += subquery.rangeMs();
        }
        return new Enclosing(offset, range, at);
    }
}
