package io.meridian.promql.plan;

import io.meridian.promql.plan.Plan.RangePlan;
import io.meridian.promql.plan.Plan.ScalarPlan;
import io.meridian.promql.plan.Plan.VectorPlan;
import java.util.List;

/// Rebuilds a plan, operands first. A pass overrides what it changes.
abstract class PlanRewriter {
    final Plan rewrite(Plan plan) {
        return switch (plan) {
            case Plan.Text text -> text;
            case ScalarPlan scalar -> scalar(scalar);
            case VectorPlan vector -> vector(vector);
            case RangePlan range -> range(range);
        };
    }

    ScalarPlan scalar(ScalarPlan plan) {
        return switch (plan) {
            case Plan.Constant constant -> constant;
            case Plan.Folded folded -> folded;
            case Plan.EvaluationTime time -> time;
            case Plan.ScalarOfVector scalar -> new Plan.ScalarOfVector(vector(scalar.operand()), scalar.position());
            case Plan.ScalarBinary binary ->
                new Plan.ScalarBinary(
                        binary.operator(), scalar(binary.left()), scalar(binary.right()), binary.position());
            case Plan.ScalarNegate negate -> new Plan.ScalarNegate(scalar(negate.operand()), negate.position());
            case Plan.ScalarPick pick ->
                new Plan.ScalarPick(pick.max(), scalar(pick.left()), scalar(pick.right()), pick.position());
            case Plan.ScalarAt at -> new Plan.ScalarAt(scalar(at.operand()), at.position());
            case Plan.ScalarInvariant once -> new Plan.ScalarInvariant(scalar(once.operand()), once.position());
        };
    }

    private List<ScalarPlan> scalars(List<ScalarPlan> plans) {
        return plans.stream().map(this::scalar).toList();
    }

    VectorPlan vector(VectorPlan plan) {
        return switch (plan) {
            case Plan.Select select -> select;
            case Plan.Nothing nothing -> new Plan.Nothing(vector(nothing.operand()), nothing.position());
            case Plan.VectorAt at -> new Plan.VectorAt(vector(at.operand()), at.position());
            case Plan.VectorInvariant once -> new Plan.VectorInvariant(vector(once.operand()), once.position());
            case Plan.VectorOfScalar vector -> new Plan.VectorOfScalar(scalar(vector.operand()), vector.position());
            case Plan.Negate negate -> new Plan.Negate(vector(negate.operand()), negate.position());
            case Plan.Element element ->
                new Plan.Element(
                        element.function(),
                        vector(element.operand()),
                        scalars(element.parameters()),
                        element.position());
            case Plan.OverRange over ->
                new Plan.OverRange(
                        over.function(),
                        range(over.operand()),
                        scalars(over.parameters()),
                        over.absentLabels(),
                        over.annotationPosition(),
                        over.position());
            case Plan.Absent absent -> new Plan.Absent(vector(absent.operand()), absent.labels(), absent.position());
            case Plan.VectorScalar binary ->
                new Plan.VectorScalar(
                        binary.operator(),
                        vector(binary.vector()),
                        scalar(binary.scalar()),
                        binary.scalarLeft(),
                        binary.returnBool(),
                        binary.position());
            case Plan.VectorVector binary ->
                new Plan.VectorVector(
                        binary.operator(),
                        vector(binary.left()),
                        vector(binary.right()),
                        binary.matching(),
                        binary.returnBool(),
                        binary.position());
            case Plan.Aggregate aggregate ->
                new Plan.Aggregate(
                        aggregate.operator(),
                        vector(aggregate.operand()),
                        aggregate.parameter() == null ? null : rewrite(aggregate.parameter()),
                        aggregate.grouping(),
                        aggregate.without(),
                        aggregate.position());
            case Plan.Quantiles quantiles ->
                new Plan.Quantiles(
                        vector(quantiles.operand()),
                        scalars(quantiles.quantiles()),
                        quantiles.label(),
                        quantiles.position());
            case Plan.Fraction fraction ->
                new Plan.Fraction(
                        scalar(fraction.lower()),
                        scalar(fraction.upper()),
                        vector(fraction.operand()),
                        fraction.position());
            case Plan.LabelReplace replace ->
                new Plan.LabelReplace(
                        vector(replace.operand()),
                        replace.target(),
                        replace.replacement(),
                        replace.source(),
                        replace.pattern(),
                        replace.position());
            case Plan.LabelJoin join ->
                new Plan.LabelJoin(
                        vector(join.operand()), join.target(), join.separator(), join.sources(), join.position());
            case Plan.SortByValue sort ->
                new Plan.SortByValue(vector(sort.operand()), sort.descending(), sort.position());
            case Plan.SortByLabels sort ->
                new Plan.SortByLabels(vector(sort.operand()), sort.names(), sort.descending(), sort.position());
            case Plan.InfoLookup info ->
                new Plan.InfoLookup(vector(info.operand()), info.info(), info.matchers(), info.position());
        };
    }

    RangePlan range(RangePlan plan) {
        return switch (plan) {
            case Plan.SelectRange select -> select;
            case Plan.Subquery subquery ->
                new Plan.Subquery(
                        vector(subquery.operand()),
                        subquery.grid(),
                        subquery.rangeMs(),
                        subquery.offsetMs(),
                        subquery.pinned(),
                        subquery.position());
        };
    }
}
