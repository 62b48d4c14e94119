package io.meridian.promql.plan;

import io.meridian.model.Fault;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.plan.Plan.ScalarPlan;
import io.meridian.promql.plan.Plan.VectorPlan;
import io.meridian.promql.plan.SelectorPlanner.Around;
import io.meridian.promql.plan.Surroundings.HistogramNeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Plans function calls.
final class CallPlanner {
    private static final Map<String, RangeFunction> RANGE_FUNCTIONS = new HashMap<>();
    private static final Map<String, ElementFunction> ELEMENT_FUNCTIONS = new HashMap<>();
    private static final Set<String> ANCHORED = Set.of("changes", "delta", "increase", "rate", "resets");
    private static final Set<String> SMOOTHED = Set.of("delta", "increase", "rate");

    static {
        for (RangeFunction function : RangeFunction.values()) {
            RANGE_FUNCTIONS.put(function.text(), function);
        }
        for (ElementFunction function : ElementFunction.values()) {
            ELEMENT_FUNCTIONS.put(function.text(), function);
        }
    }

    private final Planner planner;
    private final SelectorPlanner selectors;
    private final Grid query;

    CallPlanner(Planner planner, SelectorPlanner selectors, Grid query) {
        this.planner = planner;
        this.selectors = selectors;
        this.query = query;
    }

    ScalarPlan scalar(Expr.Call call, Surroundings place) {
        int position = call.span().start();
        List<Expr> arguments = call.arguments();
        return switch (call.function().name()) {
            case "pi" -> new Plan.Constant(Math.PI, position);
            case "time" -> new Plan.EvaluationTime(position);
            case "start" -> new Plan.Constant(query.startMs() / 1000.0, position);
            case "end" -> new Plan.Constant(query.endMs() / 1000.0, position);
            case "step" -> new Plan.Constant(query.startMs() == query.endMs() ? 0 : query.stepMs() / 1000.0, position);
            case "range" -> new Plan.Constant((query.endMs() - query.startMs()) / 1000.0, position);
            case "max_of", "min_of" ->
                new Plan.ScalarPick(
                        call.function().name().equals("max_of"),
                        planner.scalarOf(call, arguments.get(0), place),
                        planner.scalarOf(call, arguments.get(1), place),
                        position);
            case "scalar" -> new Plan.ScalarOfVector(vectorArgument(call, 0, place), position);
            default ->
                throw new IllegalStateException(
                        "not a scalar function: " + call.function().name());
        };
    }

    VectorPlan vector(Expr.Call call, Surroundings place) {
        String name = call.function().name();
        RangeFunction rangeFunction = RANGE_FUNCTIONS.get(name);
        if (rangeFunction != null) {
            return overRange(rangeFunction, call, place);
        }
        ElementFunction elementFunction = ELEMENT_FUNCTIONS.get(name);
        if (elementFunction != null) {
            return element(elementFunction, call, place);
        }
        int position = call.span().start();
        return switch (name) {
            case "vector" ->
                new Plan.VectorOfScalar(planner.scalarOf(call, call.arguments().get(0), place), position);
            case "start_timestamp" ->
                bareSelector(call.arguments().get(0)) instanceof Expr.VectorSelector selector
                        ? new Plan.Select(
                                selectors.instant(selector, place, around(call)), Plan.Facet.START_TIMESTAMP, position)
                        : new Plan.Nothing(vectorArgument(call, 0, place), position);
            case "absent" ->
                new Plan.Absent(
                        vectorArgument(call, 0, place),
                        AbsentLabels.of(call.arguments().get(0)),
                        position);
            case "sort", "sort_desc" ->
                new Plan.SortByValue(vectorArgument(call, 0, place), name.equals("sort_desc"), position);
            case "sort_by_label", "sort_by_label_desc" ->
                new Plan.SortByLabels(
                        vectorArgument(call, 0, place), strings(call, 1), name.equals("sort_by_label_desc"), position);
            case "label_replace" -> {
                List<String> texts = strings(call, 1);
                yield new Plan.LabelReplace(
                        vectorArgument(call, 0, place),
                        texts.get(0),
                        texts.get(1),
                        texts.get(2),
                        texts.get(3),
                        position);
            }
            case "label_join" -> {
                List<String> texts = strings(call, 1);
                yield new Plan.LabelJoin(
                        vectorArgument(call, 0, place),
                        texts.get(0),
                        texts.get(1),
                        texts.subList(2, texts.size()),
                        position);
            }
            case "histogram_quantile" ->
                new Plan.Quantiles(
                        vectorArgument(call, 1, place), List.of(scalarArgument(call, 0, place)), null, position);
            case "histogram_quantiles" ->
                new Plan.Quantiles(
                        vectorArgument(call, 0, place),
                        scalars(call, 2, place),
                        strings(call, 1).getFirst(),
                        position);
            case "histogram_fraction" ->
                new Plan.Fraction(
                        scalarArgument(call, 0, place),
                        scalarArgument(call, 1, place),
                        vectorArgument(call, 2, place),
                        position);
            case "info" -> info(call, place);
            default -> throw new IllegalStateException("unknown function: " + name);
        };
    }

    private VectorPlan overRange(RangeFunction function, Expr.Call call, Surroundings place) {
        List<Expr> arguments = call.arguments();
        int rangeIndex = function == RangeFunction.QUANTILE_OVER_TIME ? 1 : 0;
        Expr argument = arguments.get(rangeIndex);
        checkExtension(call, argument);
        List<ScalarPlan> parameters = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            if (i != rangeIndex) {
                parameters.add(scalarArgument(call, i, place));
            }
        }
        Labels absentLabels = function == RangeFunction.ABSENT_OVER_TIME ? AbsentLabels.of(argument) : Labels.empty();
        return new Plan.OverRange(
                function,
                planner.range(argument, place, around(call)),
                List.copyOf(parameters),
                absentLabels,
                annotationPosition(arguments.getFirst()),
                call.span().start());
    }

    /// Prometheus loses the place of a subquery and names the start of the text.
    private static int annotationPosition(Expr argument) {
        return StepInvariance.unwrap(argument) instanceof Expr.Subquery ? 0 : Planner.positionOf(argument);
    }

    private static void checkExtension(Expr.Call call, Expr argument) {
        if (StepInvariance.unwrap(argument) instanceof Expr.MatrixSelector matrix) {
            Extension extension = matrix.selector().extension();
            String name = call.function().name();
            if (extension == Extension.ANCHORED && !ANCHORED.contains(name)) {
                throw new QueryException(
                        Fault.EVALUATION,
                        "anchored modifier can only be used with: changes, delta, increase, rate, resets - not with "
                                + name);
            }
            if (extension == Extension.SMOOTHED && !SMOOTHED.contains(name)) {
                throw new QueryException(
                        Fault.EVALUATION,
                        "smoothed modifier can only be used with: delta, increase, rate - not with " + name);
            }
        }
    }

    private VectorPlan element(ElementFunction function, Expr.Call call, Surroundings place) {
        int position = call.span().start();
        if (call.arguments().isEmpty()) {
            return new Plan.Element(
                    function,
                    new Plan.VectorOfScalar(new Plan.EvaluationTime(position), position),
                    List.of(),
                    position);
        }
        Expr argument = call.arguments().getFirst();
        if (function == ElementFunction.TIMESTAMP && bareSelector(argument) instanceof Expr.VectorSelector selector) {
            return new Plan.Select(selectors.instant(selector, place, around(call)), Plan.Facet.TIMESTAMP, position);
        }
        return new Plan.Element(function, vectorArgument(call, 0, place), scalars(call, 1, place), position);
    }

    private static Expr bareSelector(Expr argument) {
        return StepInvariance.unwrap(argument);
    }

    private VectorPlan info(Expr.Call call, Surroundings place) {
        Expr argument = call.arguments().getFirst();
        List<LabelMatcher> matchers = call.arguments().size() > 1
                        && StepInvariance.unwrap(call.arguments().get(1)) instanceof Expr.VectorSelector selector
                ? selector.matchers()
                : List.of();
        return new Plan.InfoLookup(
                vectorArgument(call, 0, place),
                selectors.info(argument, place),
                matchers,
                call.span().start());
    }

    private VectorPlan vectorArgument(Expr.Call call, int index, Surroundings place) {
        Expr argument = call.arguments().get(index);
        VectorPlan plan = planner.vectorOf(call, argument, place.needing(need(call, place)), around(call));
        int position = Planner.positionOf(argument);
        return plan.position() == position ? plan : new Plan.VectorAt(plan, position);
    }

    private static HistogramNeed need(Expr.Call call, Surroundings place) {
        return switch (call.function().name()) {
            case "histogram_count", "histogram_sum", "histogram_avg" -> HistogramNeed.STATS;
            case "histogram_quantile", "histogram_quantiles", "histogram_fraction" -> HistogramNeed.BUCKETS;
            default -> place.statsNeed();
        };
    }

    private ScalarPlan scalarArgument(Expr.Call call, int index, Surroundings place) {
        Expr argument = call.arguments().get(index);
        ScalarPlan plan = planner.scalarOf(call, argument, place);
        int position = Planner.positionOf(argument);
        return plan.position() == position ? plan : new Plan.ScalarAt(plan, position);
    }

    private List<ScalarPlan> scalars(Expr.Call call, int from, Surroundings place) {
        List<ScalarPlan> plans = new ArrayList<>();
        for (int i = from; i < call.arguments().size(); i++) {
            plans.add(scalarArgument(call, i, place));
        }
        return List.copyOf(plans);
    }

    /// The string literals among the arguments.
    private static List<String> strings(Expr.Call call, int from) {
        List<String> texts = new ArrayList<>();
        for (Expr argument : call.arguments().subList(from, call.arguments().size())) {
            if (StepInvariance.unwrap(argument) instanceof Expr.StringLiteral string) {
                texts.add(string.value());
            }
        }
        return List.copyOf(texts);
    }

    private static Around around(Expr.Call call) {
        return new Around(call.function().name(), List.of(), false);
    }
}
