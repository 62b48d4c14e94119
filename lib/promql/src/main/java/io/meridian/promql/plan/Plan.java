package io.meridian.promql.plan;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.promql.parse.AggregateOperator;
import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.parse.Expr.Matching;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing to do, and what it is done to. Immutable; `position` is the byte offset in the query's text of the
/// expression behind it, for warnings.
public sealed interface Plan {
    int position();

    /// A value per step without labels.
    sealed interface ScalarPlan extends Plan {}

    /// An instant vector per step.
    sealed interface VectorPlan extends Plan {}

    /// Windows of samples per step.
    sealed interface RangePlan extends Plan {
        long rangeMs();

        long offsetMs();

        boolean pinned();
    }

    /// A string; only as a whole query.
    record Text(String value, int position) implements Plan {}

    // Scalars.

    record Constant(double value, int position) implements ScalarPlan {}

    /// A value that was computed before the query runs.
    ///
    /// @param original what it was computed from; still counted
    record Folded(double value, ScalarPlan original, int position) implements ScalarPlan {}

    /// `time()`.
    record EvaluationTime(int position) implements ScalarPlan {}

    /// `scalar(v)`.
    record ScalarOfVector(VectorPlan operand, int position) implements ScalarPlan {}

    record ScalarBinary(BinaryOperator operator, ScalarPlan left, ScalarPlan right, int position)
            implements ScalarPlan {}

    record ScalarNegate(ScalarPlan operand, int position) implements ScalarPlan {}

    /// `max_of(a, b)` and `min_of(a, b)`.
    record ScalarPick(boolean max, ScalarPlan left, ScalarPlan right, int position) implements ScalarPlan {}

    /// The same value; warnings point elsewhere.
    record ScalarAt(ScalarPlan operand, int position) implements ScalarPlan {}

    /// Evaluated once, at the first step.
    record ScalarInvariant(ScalarPlan operand, int position) implements ScalarPlan {}

    // Vectors.

    /// What a selected sample becomes.
    enum Facet {
        SAMPLE,
        TIMESTAMP,
        START_TIMESTAMP
    }

    record Select(SelectorPlan selector, Facet facet, int position) implements VectorPlan {}

    /// Always empty, whatever the operand is; it is evaluated for what it has to say.
    record Nothing(VectorPlan operand, int position) implements VectorPlan {}

    /// The same vector; warnings point elsewhere.
    record VectorAt(VectorPlan operand, int position) implements VectorPlan {}

    /// Evaluated once, at the first step.
    record VectorInvariant(VectorPlan operand, int position) implements VectorPlan {}

    /// `vector(s)`, and the date functions without an argument.
    record VectorOfScalar(ScalarPlan operand, int position) implements VectorPlan {}

    record Negate(VectorPlan operand, int position) implements VectorPlan {}

    record Element(ElementFunction function, VectorPlan operand, List<ScalarPlan> parameters, int position)
            implements VectorPlan {}

    /// @param absentLabels       what absent_over_time answers with
    /// @param annotationPosition of the argument to which warnings point
    record OverRange(
            RangeFunction function,
            RangePlan operand,
            List<ScalarPlan> parameters,
            Labels absentLabels,
            int annotationPosition,
            int position)
            implements VectorPlan {}

    record Absent(VectorPlan operand, Labels labels, int position) implements VectorPlan {}

    record VectorScalar(
            BinaryOperator operator,
            VectorPlan vector,
            ScalarPlan scalar,
            boolean scalarLeft,
            boolean returnBool,
            int position)
            implements VectorPlan {}

    record VectorVector(
            BinaryOperator operator,
            VectorPlan left,
            VectorPlan right,
            Matching matching,
            boolean returnBool,
            int position)
            implements VectorPlan {}

    /// @param parameter a scalar, a string or null
    record Aggregate(
            AggregateOperator operator,
            VectorPlan operand,
            @Nullable Plan parameter,
            List<String> grouping,
            boolean without,
            int position)
            implements VectorPlan {}

    /// `histogram_quantile`, and `histogram_quantiles` with its label.
    record Quantiles(
            VectorPlan operand,
            List<ScalarPlan> quantiles,
            @Nullable String label,
            int position) implements VectorPlan {}

    record Fraction(ScalarPlan lower, ScalarPlan upper, VectorPlan operand, int position) implements VectorPlan {}

    record LabelReplace(
            VectorPlan operand, String target, String replacement, String source, String pattern, int position)
            implements VectorPlan {}

    record LabelJoin(VectorPlan operand, String target, String separator, List<String> sources, int position)
            implements VectorPlan {}

    record SortByValue(VectorPlan operand, boolean descending, int position) implements VectorPlan {}

    record SortByLabels(VectorPlan operand, List<String> names, boolean descending, int position)
            implements VectorPlan {}

    /// @param info     how info series are selected, but for their identifying labels
    /// @param matchers those of the second argument
    record InfoLookup(VectorPlan operand, SelectorPlan info, List<LabelMatcher> matchers, int position)
            implements VectorPlan {}

    // Ranges.

    record SelectRange(SelectorPlan selector, long rangeMs, int position) implements RangePlan {
        @Override
        public long offsetMs() {
            return selector.offsetMs();
        }

        @Override
        public boolean pinned() {
            return selector.pinned();
        }
    }

    record Subquery(VectorPlan operand, Grid grid, long rangeMs, long offsetMs, boolean pinned, int position)
            implements RangePlan {}
}
