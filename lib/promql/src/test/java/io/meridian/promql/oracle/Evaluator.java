package io.meridian.promql.oracle;

import io.meridian.model.FloatHistogram;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.StaleMarker;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Expr.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Evaluates an expression at one time after the other, by looking at all samples each time. With default features,
/// experimental functions, extended range selectors and, if asked for, start timestamps. What it does not know it says
/// ([Undecided]).
final class Evaluator {
    private static final long LOOKBACK_MS = 300_000;
    private static final long SUBQUERY_STEP_MS = 60_000;

    /// One series with all its samples, stale markers included.
    record Stored(Labels labels, List<Point> points) {}

    /// The steps of a query, or of a subquery's inner expression.
    record Steps(long startMs, long endMs, long stepMs) {}

    private final List<Stored> data;
    private final Steps query;
    private final boolean usesStartTimes;
    private final IdentityHashMap<Expr, Map<Labels, Labels>> namesOfRanges = new IdentityHashMap<>();

    /// How many calls around that need count and sum of histograms only, and things around that need their buckets.
    private int statistics;

    private int buckets;

    Evaluator(List<Stored> data, Steps query, boolean usesStartTimes) {
        this.data = data;
        this.query = query;
        this.usesStartTimes = usesStartTimes;
    }

    boolean usesStartTimes() {
        return usesStartTimes;
    }

    Steps query() {
        return query;
    }

    // Scalars and strings.

    double scalar(Expr expr, long timeMs, Steps steps) {
        return switch (expr) {
            case Expr.NumberLiteral number -> number.value();
            case Expr.Paren paren -> scalar(paren.inner(), timeMs, steps);
            case Expr.Unary unary ->
                unary.negative() ? -scalar(unary.operand(), timeMs, steps) : scalar(unary.operand(), timeMs, steps);
            case Expr.Binary binary ->
                Numbers.binary(
                        binary.operator(), scalar(binary.left(), timeMs, steps), scalar(binary.right(), timeMs, steps));
            case Expr.Call call -> scalarCall(call, timeMs, steps);
            default -> throw new Undecided("scalar " + expr);
        };
    }

    private double scalarCall(Expr.Call call, long timeMs, Steps steps) {
        return switch (call.function().name()) {
            case "time" -> timeMs / 1000.0;
            case "pi" -> Math.PI;
            case "start" -> query.startMs() / 1000.0;
            case "end" -> query.endMs() / 1000.0;
            case "range" -> (query.endMs() - query.startMs()) / 1000.0;
            case "step" -> query.startMs() == query.endMs() ? 0 : query.stepMs() / 1000.0;
            case "max_of", "min_of" -> {
                double a = scalar(call.arguments().get(0), timeMs, steps);
                double b = scalar(call.arguments().get(1), timeMs, steps);
                yield call.function().name().equals("max_of") ? Numbers.max(a, b) : Numbers.min(a, b);
            }
            case "scalar" -> {
                List<Element> floats = vector(call.arguments().getFirst(), timeMs, steps).stream()
                        .filter(Element::isFloat)
                        .toList();
                yield floats.size() == 1 ? floats.getFirst().value() : Double.NaN;
            }
            default -> throw new Undecided(call.function().name());
        };
    }

    static String text(Expr expr) {
        return switch (expr) {
            case Expr.StringLiteral string -> string.value();
            case Expr.Paren paren -> text(paren.inner());
            default -> throw new Undecided("text " + expr);
        };
    }

    static Expr unwrapped(Expr expr) {
        return expr instanceof Expr.Paren paren ? unwrapped(paren.inner()) : expr;
    }

    // Vectors.

    List<Element> vector(Expr expr, long timeMs, Steps steps) {
        return switch (expr) {
            case Expr.Paren paren -> vector(paren.inner(), timeMs, steps);
            case Expr.VectorSelector selector ->
                selector.extension() == Expr.Extension.SMOOTHED
                        ? smoothed(selector, timeMs)
                        : select(selector, timeMs, false);
            case Expr.Unary unary ->
                unary.negative() ? negated(unary, timeMs, steps) : vector(unary.operand(), timeMs, steps);
            case Expr.Aggregation aggregation -> new Aggregations(this).evaluate(aggregation, timeMs, steps);
            case Expr.Binary binary -> {
                int needed = binary.operator().text().equals("</")
                                || binary.operator().text().equals(">/")
                        ? 1
                        : 0;
                buckets += needed;
                List<Element> result = new Binaries(this).evaluate(binary, timeMs, steps);
                buckets -= needed;
                yield result;
            }
            case Expr.Call call -> call(call, timeMs, steps);
            default -> throw new Undecided("vector " + expr);
        };
    }

    private List<Element> call(Expr.Call call, long timeMs, Steps steps) {
        Expr argument = rangeArgument(call);
        if (argument != null) {
            return overRange(call, argument, timeMs, steps);
        }
        int both = statistics;
        int needed = buckets;
        switch (call.function().name()) {
            case "histogram_count", "histogram_sum", "histogram_avg" -> statistics++;
            case "histogram_quantile", "histogram_quantiles", "histogram_fraction" -> buckets++;
            default -> {}
        }
        List<Element> result = new Calls(this).evaluate(call, timeMs, steps);
        statistics = both;
        buckets = needed;
        return result;
    }

    /// As far as a selector reads it: without buckets where nothing around needs them.
    private @Nullable FloatHistogram read(@Nullable FloatHistogram stored) {
        return stored == null || statistics == 0 || buckets > 0
                ? stored
                : FloatHistogram.empty(stored.hint(), stored.schema(), stored.count(), stored.sum());
    }

    private List<Element> negated(Expr.Unary unary, long timeMs, Steps steps) {
        List<Element> result = new ArrayList<>();
        for (Element element : vector(unary.operand(), timeMs, steps)) {
            FloatHistogram histogram = element.histogram();
            result.add((histogram == null
                            ? element.with(-element.value())
                            : element.with(io.meridian.model.histogram.HistogramArithmetic.negate(histogram)))
                    .unnamed());
        }
        return unique(result);
    }

    /// Fails if two elements have the same labels.
    static List<Element> unique(List<Element> elements) {
        Map<Labels, Element> seen = new HashMap<>();
        for (Element element : elements) {
            Element other = seen.put(element.labels(), element);
            if (other != null) {
                if (other.isFloat() != element.isFloat()) {
                    throw new Undecided("a float and a histogram with the same labels");
                }
                throw new Refused("vector cannot contain metrics with the same labelset");
            }
        }
        return elements;
    }

    private static long offsetMs(Expr.Modifiers modifiers) {
        return switch (modifiers.offset()) {
            case null -> 0;
            case Expr.DurationExpr.Literal literal -> literal.milliseconds();
            default -> throw new Undecided("computed offset");
        };
    }

    private static long durationMs(Expr.DurationExpr duration) {
        if (duration instanceof Expr.DurationExpr.Literal literal) {
            return literal.milliseconds();
        }
        throw new Undecided("computed duration");
    }

    private long reference(Expr.Modifiers modifiers, long timeMs) {
        long at = switch (modifiers.at()) {
            case null -> timeMs;
            case Expr.At.Timestamp timestamp -> timestamp.timeMs();
            case Expr.At.Start start -> query.startMs();
            case Expr.At.End end -> query.endMs();
        };
        return at - offsetMs(modifiers);
    }

    List<Element> select(Expr.VectorSelector selector, long timeMs, boolean times) {
        List<Element> result = new ArrayList<>();
        latest(selector, timeMs)
                .forEach((labels, found) -> result.add(
                        times
                                ? Element.of(labels, found.timeMs() / 1000.0)
                                : new Element(labels, found.value(), read(found.histogram()))));
        return result;
    }

    List<Element> startTimes(Expr.VectorSelector selector, long timeMs) {
        List<Element> result = new ArrayList<>();
        latest(selector, timeMs).forEach((labels, found) -> result.add(Element.of(labels, found.startMs() / 1000.0)));
        return result;
    }

    private Map<Labels, Point> latest(Expr.VectorSelector selector, long timeMs) {
        long at = reference(selector.modifiers(), timeMs);
        Map<Labels, Point> result = new LinkedHashMap<>();
        for (Stored stored : data) {
            if (LabelMatcher.allMatch(selector.matchers(), stored.labels())) {
                Point found = null;
                for (Point point : stored.points()) {
                    if (point.timeMs() <= at && point.timeMs() > at - LOOKBACK_MS) {
                        found = point;
                    }
                }
                if (found != null && !isStale(found)) {
                    result.put(stored.labels(), found);
                }
            }
        }
        return result;
    }

    private List<Element> smoothed(Expr.VectorSelector selector, long timeMs) {
        long at = reference(selector.modifiers(), timeMs);
        List<Element> result = new ArrayList<>();
        stored(selector, at - LOOKBACK_MS, at + LOOKBACK_MS).forEach((labels, window) -> {
            Element value = Extended.vector(window, at);
            if (value != null) {
                result.add(value.with(labels));
            }
        });
        return result;
    }

    private static boolean isStale(Point point) {
        FloatHistogram histogram = point.histogram();
        return histogram == null ? StaleMarker.is(point.value()) : histogram.isStale();
    }

    // Ranges.

    static @Nullable Expr rangeArgument(Expr.Call call) {
        for (Expr argument : call.arguments()) {
            if (argument.type() == ValueType.MATRIX) {
                return unwrapped(argument);
            }
        }
        return null;
    }

    private List<Element> overRange(Expr.Call call, Expr argument, long timeMs, Steps steps) {
        String function = call.function().name();
        long rangeMs = argument instanceof Expr.MatrixSelector matrix
                ? durationMs(matrix.range())
                : durationMs(((Expr.Subquery) argument).range());
        Expr.Modifiers modifiers = argument instanceof Expr.MatrixSelector matrix
                ? matrix.selector().modifiers()
                : ((Expr.Subquery) argument).modifiers();
        long endMs = reference(modifiers, timeMs);
        Expr.Extension extension = argument instanceof Expr.MatrixSelector matrix
                ? matrix.selector().extension()
                : Expr.Extension.NONE;
        long backMs = extension == Expr.Extension.NONE ? 0 : LOOKBACK_MS;
        long aheadMs = extension == Expr.Extension.SMOOTHED ? LOOKBACK_MS : 0;
        Map<Labels, List<Point>> windows = argument instanceof Expr.MatrixSelector matrix
                ? stored(matrix.selector(), endMs - rangeMs - backMs, endMs + aheadMs)
                : inner((Expr.Subquery) argument, endMs - rangeMs, endMs, rangeMs, steps);
        if (function.equals("absent_over_time")) {
            return windows.isEmpty() ? List.of(Element.of(Calls.absentLabels(argument), 1)) : List.of();
        }
        List<Double> parameters = call.arguments().stream()
                .filter(each -> each.type() == ValueType.SCALAR)
                .map(each -> scalar(each, timeMs, steps))
                .toList();
        var span = new Windows.Span(endMs - rangeMs, endMs, timeMs);
        boolean keepsName = function.equals("last_over_time") || function.equals("first_over_time");
        List<Element> result = new ArrayList<>();
        windows.forEach((labels, points) -> {
            Element value = extension == Expr.Extension.NONE
                    ? Windows.apply(function, points, span, parameters)
                    : Extended.apply(function, extension == Expr.Extension.SMOOTHED, points, span);
            if (value != null) {
                result.add(value.with(keepsName ? labels : labels.without(Labels.METRIC_NAME)));
                if (!keepsName) {
                    onlyOne(call, labels);
                }
            }
        });
        return result;
    }

    /// Over a range, series may not become alike even at different steps.
    private void onlyOne(Expr call, Labels labels) {
        Labels other = namesOfRanges
                .computeIfAbsent(call, key -> new HashMap<>())
                .put(labels.without(Labels.METRIC_NAME), labels);
        if (other != null && !other.equals(labels)) {
            throw new Refused("vector cannot contain metrics with the same labelset");
        }
    }

    private Map<Labels, List<Point>> stored(Expr.VectorSelector selector, long startMs, long endMs) {
        Map<Labels, List<Point>> windows = new LinkedHashMap<>();
        for (Stored stored : data) {
            if (LabelMatcher.allMatch(selector.matchers(), stored.labels())) {
                List<Point> points = stored.points().stream()
                        .filter(point -> point.timeMs() > startMs && point.timeMs() <= endMs && !isStale(point))
                        .map(point -> new Point(
                                usesStartTimes ? point.startMs() : 0,
                                point.timeMs(),
                                point.value(),
                                read(point.histogram())))
                        .toList();
                if (!points.isEmpty()) {
                    windows.put(stored.labels(), points);
                }
            }
        }
        return windows;
    }

    private Map<Labels, List<Point>> inner(
            Expr.Subquery subquery, long startMs, long endMs, long rangeMs, Steps steps) {
        Expr.DurationExpr given = subquery.step();
        long stepMs = given == null ? SUBQUERY_STEP_MS : durationMs(given);
        long firstMs = reference(subquery.modifiers(), steps.startMs()) - rangeMs;
        var innerSteps = new Steps(
                (Math.floorDiv(firstMs, stepMs) + 1) * stepMs, reference(subquery.modifiers(), steps.endMs()), stepMs);
        Map<Labels, List<Point>> windows = new LinkedHashMap<>();
        buckets++;
        for (long at = (Math.floorDiv(startMs, stepMs) + 1) * stepMs; at <= endMs; at += stepMs) {
            for (Element element : vector(subquery.inner(), at, innerSteps)) {
                FloatHistogram histogram = element.histogram();
                windows.computeIfAbsent(element.labels(), key -> new ArrayList<>())
                        .add(new Point(
                                0, at, element.value(), histogram == null ? null : Calls.withoutResetHint(histogram)));
            }
        }
        buckets--;
        return windows;
    }
}
