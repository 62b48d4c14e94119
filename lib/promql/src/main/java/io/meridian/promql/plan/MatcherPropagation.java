package io.meridian.promql.plan;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.promql.parse.AggregateOperator;
import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.parse.Expr.Extension;
import io.meridian.promql.parse.Expr.Matching;
import io.meridian.promql.plan.Plan.RangePlan;
import io.meridian.promql.plan.Plan.VectorPlan;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Tells the selectors of one side of a binary operator which matchers the series of the other side satisfy, so that
/// series without a partner need not be decoded: in `sum by (x) (rate(a_total{x="1"}[5m])) / sum by (x)
/// (rate(b_total[5m]))` only `b_total` with `x="1"` is.
///
/// The matchers are not added to the selection, because the answer would not stay Prometheus': series without a partner
/// count against `--query.max-samples` and in the statistics, and raise annotations and errors. What they raise is only
/// known when it is known that their chunks have floats and no histograms, that is after they were selected. Whoever
/// reads the selector leaves out what [SelectorPlan#partners] does not match, so far as its chunks are of floats,
/// nobody asked for statistics, and the limit cannot be met by what was left out.
///
/// The rest must follow from the plan, and only then are matchers passed on:
/// - The label takes part in matching, and every series of the giving side has it from a selector.
/// - The receiving side consists of operations that raise nothing on floats: selectors of one metric name, plain
///   functions of them, operators with a scalar (no trims), `sum`, `avg`, `min`, `max`, `count`, `group`, `stddev`,
///   `stdvar` by labels that include the one in question. `rate` and `increase` only of names that end as counters' do.
/// - No fill modifiers; of set operators the right side of `and` and `unless`, and the left side of `and`.
/// - Many-to-many errors remain: on the side where label sets must be unique they are by the plan (`by` labels that
///   all take part in matching, or a selector of one name where all labels but the name do). On the other side, too,
///   since Prometheus looks for duplicates only at steps where both sides have samples.
public final class MatcherPropagation extends PlanRewriter {
    private static final Set<RangeFunction> SILENT = EnumSet.complementOf(EnumSet.of(
            RangeFunction.ABSENT_OVER_TIME,
            RangeFunction.QUANTILE_OVER_TIME,
            RangeFunction.DOUBLE_EXPONENTIAL_SMOOTHING,
            RangeFunction.RATE,
            RangeFunction.INCREASE));
    private static final Set<AggregateOperator> GROUPING = EnumSet.of(
            AggregateOperator.SUM,
            AggregateOperator.AVG,
            AggregateOperator.MIN,
            AggregateOperator.MAX,
            AggregateOperator.COUNT,
            AggregateOperator.GROUP,
            AggregateOperator.STDDEV,
            AggregateOperator.STDVAR);
    private static final List<String> COUNTERS = List.of("_total", "_sum", "_count", "_bucket");

    private final boolean silentRates;

    private MatcherPropagation(boolean silentRates) {
        this.silentRates = silentRates;
    }

    /// @param silentRates whether `rate` and `increase` of counters say nothing but by name: neither types nor start
    ///     timestamps are looked at
    public static Plan propagate(Plan plan, boolean silentRates) {
        return new MatcherPropagation(silentRates).rewrite(plan);
    }

    @Override
    VectorPlan vector(VectorPlan plan) {
        VectorPlan rebuilt = super.vector(plan);
        return rebuilt instanceof Plan.VectorVector binary ? matched(binary) : rebuilt;
    }

    private VectorPlan matched(Plan.VectorVector binary) {
        Matching matching = binary.matching();
        if (matching.fillLeft() != null || matching.fillRight() != null) {
            return binary;
        }
        BinaryOperator operator = binary.operator();
        boolean safe = operator.isSet() || isUnique(binary.left(), matching) && isUnique(binary.right(), matching);
        boolean toRight = operator != BinaryOperator.OR && safe;
        boolean toLeft = operator != BinaryOperator.OR && operator != BinaryOperator.UNLESS && safe;
        VectorPlan right = toRight ? receive(binary.right(), given(binary.left(), matching)) : binary.right();
        VectorPlan left = toLeft ? receive(binary.left(), given(binary.right(), matching)) : binary.left();
        return new Plan.VectorVector(operator, left, right, matching, binary.returnBool(), binary.position());
    }

    private static boolean takesPart(String label, Matching matching) {
        return matching.on() == matching.labels().contains(label) && !label.equals(Labels.METRIC_NAME);
    }

    /// Whether no two series of a side can have the same labels as far as they take part in matching.
    private static boolean isUnique(VectorPlan plan, Matching matching) {
        return switch (plan) {
            case Plan.VectorAt at -> isUnique(at.operand(), matching);
            case Plan.Element element -> isUnique(element.operand(), matching);
            case Plan.VectorScalar binary -> isUnique(binary.vector(), matching);
            case Plan.Aggregate aggregate ->
                GROUPING.contains(aggregate.operator())
                        && !aggregate.without()
                        && aggregate.grouping().stream().allMatch(label -> takesPart(label, matching));
            case Plan.Select select -> !matching.on() && matching.labels().isEmpty() && hasOneName(select.selector());
            case Plan.OverRange over ->
                !matching.on()
                        && matching.labels().isEmpty()
                        && over.operand() instanceof Plan.SelectRange range
                        && hasOneName(range.selector());
            default -> false;
        };
    }

    private static boolean hasOneName(SelectorPlan selector) {
        return selector.matchers().stream()
                .anyMatch(matcher -> matcher.type() == LabelMatcher.Type.EQUAL
                        && matcher.name().equals(Labels.METRIC_NAME)
                        && !matcher.value().isEmpty());
    }

    /// Matchers on labels that take part in matching, which every series of a side satisfies.
    private static List<LabelMatcher> given(VectorPlan plan, Matching matching) {
        return promised(plan).stream()
                .filter(matcher -> takesPart(matcher.name(), matching))
                .toList();
    }

    private static List<LabelMatcher> promised(VectorPlan plan) {
        return switch (plan) {
            case Plan.VectorAt at -> promised(at.operand());
            case Plan.VectorInvariant once -> promised(once.operand());
            case Plan.Negate negate -> promised(negate.operand());
            case Plan.Element element -> promised(element.operand());
            case Plan.VectorScalar binary -> promised(binary.vector());
            case Plan.Select select -> all(select.selector());
            case Plan.OverRange over
            when over.function() != RangeFunction.ABSENT_OVER_TIME
                    && over.operand() instanceof Plan.SelectRange range -> all(range.selector());
            case Plan.Aggregate aggregate
            when GROUPING.contains(aggregate.operator()) ->
                promised(aggregate.operand()).stream()
                        .filter(matcher -> keeps(aggregate, matcher.name()))
                        .toList();
            default -> List.of();
        };
    }

    private static List<LabelMatcher> all(SelectorPlan selector) {
        return selector.matchers();
    }

    private static boolean keeps(Plan.Aggregate aggregate, String label) {
        return aggregate.grouping().contains(label) != aggregate.without();
    }

    /// The plan with the matchers at its selectors, or as it is where they cannot be passed on.
    private VectorPlan receive(VectorPlan plan, List<LabelMatcher> matchers) {
        if (matchers.isEmpty()) {
            return plan;
        }
        return switch (plan) {
            case Plan.VectorAt at -> new Plan.VectorAt(receive(at.operand(), matchers), at.position());
            case Plan.Element element ->
                new Plan.Element(
                        element.function(),
                        receive(element.operand(), matchers),
                        element.parameters(),
                        element.position());
            case Plan.VectorScalar binary
            when binary.operator() != BinaryOperator.TRIM_LOWER && binary.operator() != BinaryOperator.TRIM_UPPER ->
                new Plan.VectorScalar(
                        binary.operator(),
                        receive(binary.vector(), matchers),
                        binary.scalar(),
                        binary.scalarLeft(),
                        binary.returnBool(),
                        binary.position());
            case Plan.Aggregate aggregate
            when GROUPING.contains(aggregate.operator()) ->
                new Plan.Aggregate(
                        aggregate.operator(),
                        receive(
                                aggregate.operand(),
                                matchers.stream()
                                        .filter(matcher -> keeps(aggregate, matcher.name()))
                                        .toList()),
                        aggregate.parameter(),
                        aggregate.grouping(),
                        aggregate.without(),
                        aggregate.position());
            case Plan.Select select
            when receives(select.selector()) ->
                new Plan.Select(withPartners(select.selector(), matchers), select.facet(), select.position());
            case Plan.OverRange over -> overRange(over, matchers);
            default -> plan;
        };
    }

    private VectorPlan overRange(Plan.OverRange over, List<LabelMatcher> matchers) {
        RangePlan operand = over.operand();
        boolean rates = over.function() == RangeFunction.RATE || over.function() == RangeFunction.INCREASE;
        if (!(operand instanceof Plan.SelectRange range)
                || !receives(range.selector())
                || !(rates ? silentRates && isCounter(range.selector()) : SILENT.contains(over.function()))) {
            return over;
        }
        return new Plan.OverRange(
                over.function(),
                new Plan.SelectRange(withPartners(range.selector(), matchers), range.rangeMs(), range.position()),
                over.parameters(),
                over.absentLabels(),
                over.annotationPosition(),
                over.position());
    }

    private static boolean receives(SelectorPlan selector) {
        return selector.extension() == Extension.NONE && hasOneName(selector);
    }

    private static boolean isCounter(SelectorPlan selector) {
        return selector.matchers().stream()
                .anyMatch(matcher -> matcher.type() == LabelMatcher.Type.EQUAL
                        && matcher.name().equals(Labels.METRIC_NAME)
                        && COUNTERS.stream().anyMatch(matcher.value()::endsWith));
    }

    private static SelectorPlan withPartners(SelectorPlan selector, List<LabelMatcher> matchers) {
        Set<LabelMatcher> partners = new LinkedHashSet<>(selector.partners());
        partners.addAll(matchers);
        selector.matchers().forEach(partners::remove);
        return selector.withPartners(new ArrayList<>(partners));
    }
}
