package io.meridian.promql.explain;

import io.meridian.model.LabelMatcher;
import io.meridian.promql.parse.Expr.Matching;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.Plan.ScalarPlan;
import io.meridian.promql.plan.SelectorPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A node of a plan as people read it.
///
/// @param name     what is done: `rate`, `sum`, `select`
/// @param detail   how: grouping, matching, matchers, parameters; may be empty
/// @param selector of a node that reads series
/// @param inputs   in the order in which they are evaluated
public record Operation(
        String name, String detail, @Nullable SelectorPlan selector, Plan plan, List<Operation> inputs) {
    public Operation {
        inputs = List.copyOf(inputs);
    }

    private static Operation of(Plan plan, String name, String detail, Plan... inputs) {
        return new Operation(name, detail, null, plan, all(List.of(inputs)));
    }

    private static Operation of(Plan plan, String name, String detail, Plan first, List<? extends Plan> others) {
        List<Plan> inputs = new ArrayList<>();
        inputs.add(first);
        inputs.addAll(others);
        return new Operation(name, detail, null, plan, all(inputs));
    }

    private static List<Operation> all(List<Plan> plans) {
        return plans.stream().map(Operation::of).toList();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /// The tree of a plan.
    public static Operation of(Plan plan) {
        return switch (plan) {
            case ScalarPlan scalar -> scalar(scalar);
            case Plan.Text text -> of(plan, "text", text.value());
            case Plan.Select select -> selected(select, lower(select.facet()), select.selector());
            case Plan.SelectRange range -> selected(range, "window " + milliseconds(range.rangeMs()), range.selector());
            case Plan.Subquery subquery -> of(plan, "subquery", subquery(subquery), subquery.operand());
            case Plan.Nothing nothing -> of(plan, "nothing", "", nothing.operand());
            case Plan.VectorAt at -> of(at.operand());
            case Plan.VectorInvariant once -> of(plan, "once", "at the first step, for all steps", once.operand());
            case Plan.VectorOfScalar vector -> of(plan, "vector", "", vector.operand());
            case Plan.Negate negate -> of(plan, "negate", "", negate.operand());
            case Plan.Element element ->
                of(plan, lower(element.function()), "", element.operand(), element.parameters());
            case Plan.OverRange over -> of(plan, lower(over.function()), "", over.operand(), over.parameters());
            case Plan.Absent absent -> of(plan, "absent", absent.labels().toString(), absent.operand());
            case Plan.VectorScalar binary -> binary(binary);
            case Plan.VectorVector binary ->
                of(
                        plan,
                        binary.operator().text(),
                        (binary.returnBool() ? "bool " : "") + matching(binary.matching()),
                        binary.left(),
                        binary.right());
            case Plan.Aggregate aggregate -> aggregate(aggregate);
            case Plan.Quantiles quantiles ->
                of(
                        plan,
                        quantiles.label() == null ? "histogram_quantile" : "histogram_quantiles",
                        quantiles.label() == null ? "" : "label " + quantiles.label(),
                        quantiles.operand(),
                        quantiles.quantiles());
            case Plan.Fraction fraction ->
                of(plan, "histogram_fraction", "", fraction.lower(), fraction.upper(), fraction.operand());
            case Plan.LabelReplace replace ->
                of(plan, "label_replace", replace.source() + " -> " + replace.target(), replace.operand());
            case Plan.LabelJoin join ->
                of(plan, "label_join", String.join(", ", join.sources()) + " -> " + join.target(), join.operand());
            case Plan.SortByValue sort -> of(plan, sort.descending() ? "sort_desc" : "sort", "", sort.operand());
            case Plan.SortByLabels sort ->
                of(
                        plan,
                        sort.descending() ? "sort_by_label_desc" : "sort_by_label",
                        String.join(", ", sort.names()),
                        sort.operand());
            case Plan.InfoLookup info -> of(plan, "info", matchers(info.matchers()), info.operand());
        };
    }

    private static Operation scalar(ScalarPlan plan) {
        return switch (plan) {
            case Plan.Constant constant -> of(plan, "constant", String.valueOf(constant.value()));
            case Plan.Folded folded -> of(plan, "constant", folded.value() + " folded");
            case Plan.EvaluationTime time -> of(plan, "time", "");
            case Plan.ScalarOfVector scalar -> of(plan, "scalar", "", scalar.operand());
            case Plan.ScalarBinary binary ->
                of(plan, binary.operator().text(), "scalars", binary.left(), binary.right());
            case Plan.ScalarNegate negate -> of(plan, "negate", "scalar", negate.operand());
            case Plan.ScalarPick pick -> of(plan, pick.max() ? "max_of" : "min_of", "", pick.left(), pick.right());
            case Plan.ScalarAt at -> of(at.operand());
            case Plan.ScalarInvariant once -> of(plan, "once", "at the first step, for all steps", once.operand());
        };
    }

    private static Operation binary(Plan.VectorScalar plan) {
        String detail = (plan.returnBool() ? "bool " : "") + "vector and scalar";
        return plan.scalarLeft()
                ? of(plan, plan.operator().text(), detail, plan.scalar(), plan.vector())
                : of(plan, plan.operator().text(), detail, plan.vector(), plan.scalar());
    }

    private static Operation aggregate(Plan.Aggregate plan) {
        String grouping = plan.grouping().isEmpty() && !plan.without()
                ? ""
                : (plan.without() ? "without (" : "by (") + String.join(", ", plan.grouping()) + ")";
        Plan parameter = plan.parameter();
        return parameter == null
                ? of(plan, plan.operator().text(), grouping, plan.operand())
                : of(plan, plan.operator().text(), grouping, plan.operand(), parameter);
    }

    private static Operation selected(Plan plan, String what, SelectorPlan selector) {
        String detail = matchers(selector.matchers())
                + (selector.partners().isEmpty() ? "" : " partners " + matchers(selector.partners())) + " " + what
                + (selector.offsetMs() == 0 ? "" : " offset " + milliseconds(selector.offsetMs()))
                + (selector.statsOnly() ? " without buckets" : "");
        return new Operation("select", detail, selector, plan, List.of());
    }

    private static String subquery(Plan.Subquery plan) {
        Grid grid = plan.grid();
        return "window " + milliseconds(plan.rangeMs()) + ", " + grid.steps() + " steps of "
                + milliseconds(grid.stepMs()) + " from " + grid.startMs() + " to " + grid.endMs();
    }

    private static String matching(Matching matching) {
        String labels = String.join(", ", matching.labels());
        return matching.cardinality().text()
                + (matching.on()
                        ? " on (" + labels + ")"
                        : matching.labels().isEmpty() ? "" : " ignoring (" + labels + ")")
                + (matching.include().isEmpty() ? "" : " including (" + String.join(", ", matching.include()) + ")");
    }

    private static String matchers(List<LabelMatcher> matchers) {
        return matchers.stream().map(LabelMatcher::toString).collect(Collectors.joining(", ", "{", "}"));
    }

    private static String milliseconds(long duration) {
        return duration % 1000 == 0 ? duration / 1000 + "s" : duration + "ms";
    }
}
