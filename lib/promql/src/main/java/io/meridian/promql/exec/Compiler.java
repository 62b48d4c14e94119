package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.model.Series;
import io.meridian.promql.parse.AggregateOperator;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.Plan.RangePlan;
import io.meridian.promql.plan.Plan.ScalarPlan;
import io.meridian.promql.plan.Plan.VectorPlan;
import io.meridian.promql.plan.RangeFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns plans into streams, operands first. What has to see all of its input works when it is opened; everything else
/// is done when columns are asked for.
public final class Compiler {
    private final Execution execution;
    private final Scalars scalars = new Scalars(this);

    public Compiler(Execution execution) {
        this.execution = execution;
    }

    Execution execution() {
        return execution;
    }

    double[] scalar(ScalarPlan plan, Grid grid) {
        execution.reserve(8L * grid.steps());
        return scalars.evaluate(plan, grid);
    }

    private double[][] scalars(List<ScalarPlan> plans, Grid grid) {
        double[][] values = new double[plans.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = scalar(plans.get(i), grid);
        }
        return values;
    }

    VectorStream vector(VectorPlan plan, Grid grid) {
        execution.context().check();
        VectorStream stream = open(plan, grid, execution.profile());
        if (isUncounted(plan)) {
            return stream;
        }
        Worker worker = execution.takeWorker();
        try {
            return execution.samples().counted(plan, stream, worker);
        } finally {
            execution.giveBack(worker);
        }
    }

    private VectorStream open(VectorPlan plan, Grid grid, @Nullable Profile profile) {
        if (profile == null) {
            return open(plan, grid);
        }
        long startNanos = System.nanoTime();
        VectorStream stream = open(plan, grid);
        return profile.opened(plan, stream, System.nanoTime() - startNanos);
    }

    /// Nodes whose results Prometheus does not hold beside their operands'.
    private static boolean isUncounted(VectorPlan plan) {
        return switch (plan) {
            case Plan.VectorAt at -> true;
            case Plan.VectorInvariant invariant -> true;
            case Plan.Negate negate -> true;
            case Plan.LabelReplace replace -> true;
            case Plan.LabelJoin join -> true;
            default -> false;
        };
    }

    private VectorStream open(VectorPlan plan, Grid grid) {
        return switch (plan) {
            case Plan.Nothing nothing -> {
                execution.drain(vector(nothing.operand(), grid));
                yield Materialized.empty(grid);
            }
            case Plan.VectorAt at -> vector(at.operand(), grid);
            case Plan.Select select -> SelectStream.open(select, grid, execution);
            case Plan.VectorInvariant invariant -> invariant(invariant, grid);
            case Plan.VectorOfScalar vector ->
                Materialized.single(grid, Labels.empty(), scalar(vector.operand(), grid));
            case Plan.Negate negate -> ElementStream.negate(vector(negate.operand(), grid), execution);
            case Plan.Element element -> {
                VectorStream operand = vector(element.operand(), grid);
                yield ElementStream.open(element.function(), operand, scalars(element.parameters(), grid), execution);
            }
            case Plan.OverRange overRange -> overRange(overRange, grid);
            case Plan.Absent absent -> AbsentVector.run(vector(absent.operand(), grid), absent.labels(), execution);
            case Plan.VectorScalar binary -> {
                VectorStream vector;
                double[] scalar;
                if (binary.scalarLeft()) {
                    scalar = scalar(binary.scalar(), grid);
                    vector = vector(binary.vector(), grid);
                } else {
                    vector = vector(binary.vector(), grid);
                    scalar = scalar(binary.scalar(), grid);
                }
                yield VectorScalarStream.open(binary, vector, scalar, execution);
            }
            case Plan.VectorVector binary -> {
                VectorStream left = vector(binary.left(), grid);
                VectorStream right = vector(binary.right(), grid);
                yield binary.operator().isSet()
                        ? SetStream.open(binary, left, right, execution)
                        : MatchStream.open(binary, left, right, execution);
            }
            case Plan.Aggregate aggregate -> aggregate(aggregate, grid);
            case Plan.Quantiles quantiles -> {
                VectorStream operand = vector(quantiles.operand(), grid);
                yield HistogramQuantiles.run(quantiles, operand, scalars(quantiles.quantiles(), grid), execution);
            }
            case Plan.Fraction fraction -> {
                double[] lower = scalar(fraction.lower(), grid);
                double[] upper = scalar(fraction.upper(), grid);
                yield HistogramFractions.run(fraction, vector(fraction.operand(), grid), lower, upper, execution);
            }
            case Plan.LabelReplace replace ->
                LabelFunctions.replace(replace, () -> vector(replace.operand(), grid), execution);
            case Plan.LabelJoin join -> LabelFunctions.join(join, () -> vector(join.operand(), grid), execution);
            case Plan.SortByValue sort -> Sorting.byValue(sort, vector(sort.operand(), grid), execution);
            case Plan.SortByLabels sort -> Sorting.byLabels(sort, vector(sort.operand(), grid), execution);
            case Plan.InfoLookup info -> InfoJoin.run(info, vector(info.operand(), grid), grid, execution);
        };
    }

    private VectorStream aggregate(Plan.Aggregate plan, Grid grid) {
        VectorStream operand = vector(plan.operand(), grid);
        if (plan.operator() == AggregateOperator.COUNT_VALUES) {
            return CountValues.run(plan, operand, execution);
        }
        if (plan.parameter() instanceof ScalarPlan parameter) {
            double[] values = scalar(parameter, grid);
            return switch (plan.operator()) {
                case QUANTILE -> GroupQuantiles.run(plan, operand, values, execution);
                case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO -> Choosing.run(plan, operand, values, execution);
                default -> throw new IllegalStateException("parameter of " + plan.operator());
            };
        }
        return AggregateStream.run(plan, operand, execution);
    }

    /// One step, seen at all of them.
    private VectorStream invariant(Plan.VectorInvariant plan, Grid grid) {
        VectorStream inner = vector(plan.operand(), Grid.at(grid.startMs()));
        if (grid.steps() == 1) {
            return inner;
        }
        return new RepeatedStep(execution.materialize(inner), grid);
    }

    private VectorStream overRange(Plan.OverRange plan, Grid grid) {
        RangeSource source;
        double[][] parameters;
        if (plan.function() == RangeFunction.QUANTILE_OVER_TIME) {
            parameters = scalars(plan.parameters(), grid);
            source = range(plan.operand(), grid);
        } else {
            source = range(plan.operand(), grid);
            parameters = scalars(plan.parameters(), grid);
        }
        VectorStream stream = RangeStream.open(plan, source, parameters, grid, execution);
        if (plan.function() == RangeFunction.ABSENT_OVER_TIME) {
            return AbsentVector.run(stream, plan.absentLabels(), execution);
        }
        return plan.function().keepsName() || execution.delaysNameRemoval()
                ? stream
                : Duplicates.checkedOverall(stream, execution);
    }

    RangeSource range(RangePlan plan, Grid grid) {
        return switch (plan) {
            case Plan.SelectRange select -> {
                Series[] series = execution.select(select.selector());
                yield new RangeSource.Selected(select, series);
            }
            case Plan.Subquery subquery -> new RangeSource.Inner(subquery, vector(subquery.operand(), subquery.grid()));
        };
    }
}
