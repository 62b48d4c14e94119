package io.meridian.promql.plan;

import io.meridian.model.SelectHints;
import io.meridian.model.TimeRange;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.plan.Plan.SelectRange;
import io.meridian.promql.plan.Surroundings.Enclosing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Plans selectors: offsets and `@` become one offset from the grid, and the time to read follows from everything
/// around the selector.
final class SelectorPlanner {
    private final Durations durations;
    private final long lookbackMs;
    private final long stepMs;
    private final SelectHints requestHints;

    SelectorPlanner(Durations durations, long lookbackMs, long stepMs, SelectHints requestHints) {
        this.durations = durations;
        this.lookbackMs = lookbackMs;
        this.stepMs = stepMs;
        this.requestHints = requestHints;
    }

    /// The function or aggregation right around a selector.
    record Around(String function, List<String> grouping, boolean by) {
        static final Around NOTHING = new Around("", List.of(), false);
    }

    SelectorPlan instant(Expr.VectorSelector selector, Surroundings place, Around around) {
        return plan(selector, 0, place, around);
    }

    SelectRange range(Expr.MatrixSelector matrix, Surroundings place, Around around) {
        long rangeMs = durations.positiveMs(matrix.range());
        SelectorPlan selector = plan(matrix.selector(), rangeMs, place, around);
        return new SelectRange(selector, rangeMs, matrix.span().start());
    }

    /// How the info series of info() are read; the matchers are found when it runs.
    SelectorPlan info(Expr argument, Surroundings place) {
        FirstSelector first = FirstSelector.of(argument);
        long offset = 0;
        for (Expr.DurationExpr one : first.offsets()) {
            offset += durations.offsetMs(one);
        }
        var blank = new Expr.VectorSelector("", List.of(), Expr.Modifiers.NONE, Extension.NONE, argument.span());
        return plan(blank, 0, atMs(first.at(), place), offset, place, Around.NOTHING);
    }

    private SelectorPlan plan(Expr.VectorSelector selector, long rangeMs, Surroundings place, Around around) {
        Long atMs = atMs(selector.modifiers().at(), place);
        return plan(selector, rangeMs, atMs, offsetMs(selector.modifiers()), place, around);
    }

    private SelectorPlan plan(
            Expr.VectorSelector selector,
            long rangeMs,
            @Nullable Long atMs,
            long ownOffset,
            Surroundings place,
            Around around) {
        Grid reach = place.reach(atMs);
        long start = reach.startMs() - (rangeMs == 0 ? lookbackMs : rangeMs) + 1 - ownOffset;
        long end = reach.endMs() - ownOffset;
        if (selector.extension() != Extension.NONE && rangeMs != 0) {
            start -= lookbackMs;
        }
        if (selector.extension() == Extension.SMOOTHED) {
            end += lookbackMs;
        }
        var hints = new SelectHints(
                around.function(),
                stepMs,
                rangeMs,
                around.grouping(),
                around.by(),
                requestHints.maxResolutionMs(),
                requestHints.aggregates(),
                false,
                0);
        return new SelectorPlan(
                selector.matchers(),
                place.offsetMs(atMs, ownOffset),
                atMs != null,
                lookbackMs,
                selector.extension(),
                new TimeRange(start, end),
                place.statsNeed() == Surroundings.HistogramNeed.STATS,
                hints,
                List.of(),
                selector.span().start());
    }

    long offsetMs(Expr.Modifiers modifiers) {
        return modifiers.offset() == null ? 0 : durations.offsetMs(modifiers.offset());
    }

    /// The time of an `@`; null where there is none, or where Prometheus overlooks it.
    @Nullable
    Long atMs(Expr.@Nullable At at, Surroundings place) {
        return switch (at) {
            case null -> null;
            case Expr.At.Timestamp timestamp -> timestamp.timeMs();
            case Expr.At.Start start ->
                place.inParameter() ? null : (Long) place.query().startMs();
            case Expr.At.End end ->
                place.inParameter() ? null : (Long) place.query().endMs();
        };
    }

    /// The inner grid of a subquery: multiples of its step since the epoch.
    static Grid innerGrid(Grid outer, long offsetMs, long rangeMs, long stepMs) {
        long opening = outer.startMs() - offsetMs - rangeMs;
        long start = stepMs * (opening / stepMs);
        if (start <= opening) {
            start += stepMs;
        }
        long lastMs = outer.steps() == 0 ? outer.endMs() : outer.timeMs(outer.steps() - 1);
        return new Grid(start, lastMs - offsetMs, stepMs);
    }

    Enclosing enclosing(Expr.Subquery subquery, long rangeMs, Surroundings place) {
        return new Enclosing(
                offsetMs(subquery.modifiers()),
                rangeMs,
                atMs(subquery.modifiers().at(), place));
    }
}
