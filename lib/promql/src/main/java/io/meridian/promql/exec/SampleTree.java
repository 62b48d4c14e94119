package io.meridian.promql.exec;

import io.meridian.promql.parse.AggregateOperator;
import io.meridian.promql.plan.Grid;
import io.meridian.promql.plan.Plan;
import io.meridian.promql.plan.Plan.ScalarPlan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds the counts of a plan's nodes up as Prometheus does: what steps looked at, what they read first, and the most
/// that was held at once, had the query been evaluated node by node.
final class SampleTree {
    private final SampleCount counts;

    SampleTree(SampleCount counts) {
        this.counts = counts;
    }

    /// What one node counts for.
    static final class Node {
        private final long peak;
        private final long held;
        private final long[] points;
        private final long[] gathered;
        private final long[] looked;
        private final long[] read;

        /// @param peak     most held while the node is evaluated
        /// @param held     what is held afterwards: the result, and what is not given back at once
        /// @param points   size of its points by step
        /// @param gathered number of its points by step, histograms counting as one
        /// @param looked   samples that each step looked at
        /// @param read     samples that each step was the first to look at
        Node(long peak, long held, long[] points, long[] gathered, long[] looked, long[] read) {
            this.peak = peak;
            this.held = held;
            this.points = points;
            this.gathered = gathered;
            this.looked = looked;
            this.read = read;
        }

        long peak() {
            return peak;
        }

        long[] looked() {
            return looked;
        }

        long[] read() {
            return read;
        }
    }

    Node node(Plan plan, Grid grid) {
        return switch (plan) {
            case Plan.Text text -> leaf(new long[grid.steps()]);
            case Plan.Constant constant -> leaf(ones(grid));
            case Plan.EvaluationTime time -> leaf(ones(grid));
            case Plan.Folded folded -> node(folded.original(), grid);
            case Plan.ScalarAt at -> node(at.operand(), grid);
            case Plan.VectorAt at -> node(at.operand(), grid);
            case Plan.ScalarInvariant invariant -> invariant(node(invariant.operand(), first(grid)), grid);
            case Plan.VectorInvariant invariant -> invariant(node(invariant.operand(), first(grid)), grid);
            case Plan.Select select -> select(select, grid);
            case Plan.Negate negate -> node(negate.operand(), grid);
            case Plan.ScalarNegate negate -> node(negate.operand(), grid);
            case Plan.LabelReplace replace -> node(replace.operand(), grid);
            case Plan.LabelJoin join -> node(join.operand(), grid);
            case Plan.OverRange overRange -> overRange(overRange, grid);
            case Plan.Element element when isOfOwnTime(element) -> leaf(ones(grid));
            case Plan.InfoLookup info -> info(info, grid);
            case Plan.Aggregate aggregate -> aggregate(aggregate, grid);
            case Plan.SelectRange range -> range(range, grid);
            case Plan.Subquery subquery -> subquery(subquery, grid);
            default -> general(plan, grid);
        };
    }

    /// `hour()`: Prometheus makes the time within the function.
    private static boolean isOfOwnTime(Plan.Element element) {
        return element.operand() instanceof Plan.VectorOfScalar time && time.position() == element.position();
    }

    private static Grid first(Grid grid) {
        return Grid.at(grid.startMs());
    }

    private static long[] ones(Grid grid) {
        long[] ones = new long[grid.steps()];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }

    private static long sum(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }

    private static Node leaf(long[] points) {
        long held = sum(points);
        return new Node(held, held, points, points, new long[points.length], new long[points.length]);
    }

    private static Node invariant(Node inner, Grid grid) {
        int steps = grid.steps();
        long[] points = new long[steps];
        long[] gathered = new long[steps];
        long[] looked = new long[steps];
        long[] read = new long[steps];
        for (int k = 0; k < steps; k++) {
            points[k] = inner.points[0];
            gathered[k] = inner.gathered[0];
            looked[k] = inner.looked[0];
        }
        if (steps > 0) {
            read[0] = inner.read[0];
        }
        long held = inner.held + inner.points[0] * (steps - 1);
        return new Node(Math.max(inner.peak, held), held, points, gathered, looked, read);
    }

    private Node select(Plan.Select select, Grid grid) {
        SampleCount.Counter counter = counts.find(select);
        long[] points = counter == null ? new long[grid.steps()] : counter.points;
        long[] gathered = gathered(counter, points);
        if (SampleCount.leavesWindows(select)) {
            long[] nothing = new long[points.length];
            return new Node(withWindows(counter), left(counter), points, gathered, nothing, nothing);
        }
        long held = sum(points);
        long peak = select.facet() == Plan.Facet.SAMPLE ? held : withGathered(points, points);
        return new Node(peak, held, points, gathered, points, points);
    }

    /// What is left of the series so far, and the windows of the one at hand.
    private static long withWindows(SampleCount.@Nullable Counter windows) {
        long peak = 0;
        long soFar = 0;
        for (int i = 0; windows != null && i < windows.windows().length; i++) {
            peak = Math.max(peak, soFar + windows.windows()[i]);
            soFar += windows.left()[i];
        }
        return Math.max(peak, soFar);
    }

    private static long left(SampleCount.@Nullable Counter windows) {
        return windows == null ? 0 : sum(windows.left());
    }

    private static long[] gathered(SampleCount.@Nullable Counter counter, long[] points) {
        if (counter == null) {
            return points;
        }
        long[] gathered = points.clone();
        for (int k = 0; k < gathered.length; k++) {
            gathered[k] -= counter.surplus[k];
        }
        return gathered;
    }

    /// The points as they count step by step.
    private static long[] inSteps(SampleCount.@Nullable Counter counter, long[] points) {
        long[] inSteps = points.clone();
        if (counter != null) {
            add(inSteps, counter.rounding);
        }
        return inSteps;
    }

    /// Results so far, and the input of the step at hand.
    private static long withGathered(long[] results, long[] gathered) {
        long peak = 0;
        long soFar = 0;
        for (int k = 0; k < results.length; k++) {
            soFar += results[k];
            peak = Math.max(peak, soFar + gathered[k]);
        }
        return peak;
    }

    private Node general(Plan plan, Grid grid) {
        int steps = grid.steps();
        long[] gathered = new long[steps];
        long[] looked = new long[steps];
        long[] read = new long[steps];
        long held = 0;
        long peak = 0;
        for (Plan operand : operands(plan)) {
            Node node = node(operand, grid);
            peak = Math.max(peak, held + node.peak);
            held += node.held;
            add(gathered, node.gathered);
            add(looked, node.looked);
            add(read, node.read);
        }
        SampleCount.Counter counter = counts.find(plan);
        long[] points = counter != null ? counter.points : isOneByStep(plan) ? ones(grid) : new long[steps];
        peak = Math.max(peak, held + withGathered(inSteps(counter, points), gathered));
        return new Node(peak, sum(points), points, gathered(counter, points), looked, read);
    }

    private Node info(Plan.InfoLookup plan, Grid grid) {
        Node base = node(plan.operand(), grid);
        SampleCount.Counter counter = counts.find(plan);
        long[] points = counter == null ? new long[grid.steps()] : counter.points;
        long[] found = counter == null ? new long[grid.steps()] : counter.looked;
        long[] gathered = base.gathered.clone();
        long[] looked = base.looked.clone();
        long[] read = base.read.clone();
        add(gathered, found);
        add(looked, found);
        add(read, found);
        long operands = base.held + sum(found);
        long peak = Math.max(base.peak, operands + withGathered(inSteps(counter, points), gathered));
        return new Node(peak, operands + sum(points), points, gathered(counter, points), looked, read);
    }

    /// Nodes that have a point at every step, whether they were carried out or folded.
    private static boolean isOneByStep(Plan plan) {
        return plan instanceof ScalarPlan || plan instanceof Plan.VectorOfScalar;
    }

    private static void add(long[] target, long[] values) {
        for (int k = 0; k < target.length; k++) {
            target[k] += values[k];
        }
    }

    private Node aggregate(Plan.Aggregate plan, Grid grid) {
        if (plan.operator() == AggregateOperator.COUNT_VALUES) {
            return general(plan, grid);
        }
        Node operand = node(plan.operand(), grid);
        long[] looked = operand.looked.clone();
        long[] read = operand.read.clone();
        long peak = operand.peak;
        if (plan.parameter() != null) {
            Node parameter = node(plan.parameter(), grid);
            add(looked, parameter.looked);
            add(read, parameter.read);
            peak = Math.max(parameter.peak, parameter.held + operand.peak);
        }
        SampleCount.Counter counter = counts.find(plan);
        long[] points = counter == null ? new long[grid.steps()] : counter.points;
        long held = sum(points);
        return new Node(Math.max(peak, held), held, points, gathered(counter, points), looked, read);
    }

    private Node range(Plan.SelectRange plan, Grid grid) {
        SampleCount.Counter counter = counts.find(plan);
        long[] looked = counter == null ? new long[grid.steps()] : counter.looked;
        long[] read = counter == null ? new long[grid.steps()] : counter.read;
        long[] none = new long[grid.steps()];
        return new Node(left(counter), 0, none, none, looked, read);
    }

    private Node overRange(Plan.OverRange plan, Grid grid) {
        long before = 0;
        long peak = 0;
        long givenBack = 0;
        long[] looked = new long[grid.steps()];
        long[] read = new long[grid.steps()];
        if (plan.operand() instanceof Plan.Subquery subquery) {
            Node inner = node(subquery.operand(), subquery.grid());
            peak = inner.peak;
            before = inner.held;
            givenBack = sum(inner.points);
            addInner(subquery, inner, grid, read);
        }
        for (ScalarPlan parameter : plan.parameters()) {
            Node node = node(parameter, grid);
            peak = Math.max(peak, before + node.peak);
            before += node.held;
            add(looked, node.looked);
            add(read, node.read);
        }
        SampleCount.Counter windows = counts.find(plan.operand());
        if (windows != null) {
            add(looked, windows.looked);
            if (plan.operand() instanceof Plan.SelectRange) {
                add(read, windows.read);
            }
        }
        SampleCount.Counter counter = counts.find(plan);
        long[] points = counter == null ? new long[grid.steps()] : counter.points;
        long held = before + left(windows);
        peak = Math.max(peak, before + withWindows(windows));
        return new Node(peak, held - givenBack, points, gathered(counter, points), looked, read);
    }

    /// What the inner steps read counts at the first outer step whose window they fall into.
    private static void addInner(Plan.Subquery subquery, Node inner, Grid grid, long[] read) {
        int step = 0;
        for (int i = 0; i < inner.read.length; i++) {
            long time = subquery.grid().timeMs(i);
            while (step < read.length && end(subquery, grid, step) < time) {
                step++;
            }
            if (step < read.length && time > end(subquery, grid, step) - subquery.rangeMs()) {
                read[step] += inner.read[i];
            }
        }
    }

    private static long end(Plan.Subquery subquery, Grid grid, int step) {
        return grid.timeMs(subquery.pinned() ? 0 : step) - subquery.offsetMs();
    }

    /// As a whole query: everything counts at the one step.
    private Node subquery(Plan.Subquery plan, Grid grid) {
        Node inner = node(plan.operand(), plan.grid());
        long[] none = new long[grid.steps()];
        long[] looked = {sum(inner.looked)};
        long[] read = {sum(inner.read)};
        return new Node(inner.peak, inner.held, none, none, looked, read);
    }

    /// Whether a node holds all its operands while it makes its own points.
    static boolean isGeneral(Plan plan) {
        return plan instanceof Plan.Aggregate aggregate
                ? aggregate.operator() == AggregateOperator.COUNT_VALUES
                : !operands(plan).isEmpty();
    }

    /// The operand whose points a node only passes on, or null.
    static @Nullable Plan passedOn(Plan plan) {
        return switch (plan) {
            case Plan.ScalarAt at -> at.operand();
            case Plan.VectorAt at -> at.operand();
            case Plan.Negate negate -> negate.operand();
            case Plan.ScalarNegate negate -> negate.operand();
            case Plan.LabelReplace replace -> replace.operand();
            case Plan.LabelJoin join -> join.operand();
            default -> null;
        };
    }

    /// All nodes right below a node.
    static List<Plan> inner(Plan plan) {
        Plan passed = passedOn(plan);
        if (passed != null) {
            return List.of(passed);
        }
        return switch (plan) {
            case Plan.ScalarInvariant invariant -> List.of(invariant.operand());
            case Plan.VectorInvariant invariant -> List.of(invariant.operand());
            case Plan.OverRange overRange -> with(overRange.operand(), overRange.parameters());
            case Plan.Subquery subquery -> List.of(subquery.operand());
            default -> operands(plan);
        };
    }

    static List<Plan> operands(Plan plan) {
        return switch (plan) {
            case Plan.ScalarOfVector scalar -> List.of(scalar.operand());
            case Plan.ScalarBinary binary -> List.of(binary.left(), binary.right());
            case Plan.ScalarPick pick -> List.of(pick.left(), pick.right());
            case Plan.Nothing nothing -> List.of(nothing.operand());
            case Plan.VectorOfScalar vector -> List.of(vector.operand());
            case Plan.Element element -> with(element.operand(), element.parameters());
            case Plan.Absent absent -> List.of(absent.operand());
            case Plan.VectorScalar binary when binary.scalarLeft() -> List.of(binary.scalar(), binary.vector());
            case Plan.VectorScalar binary -> List.of(binary.vector(), binary.scalar());
            case Plan.VectorVector binary -> List.of(binary.left(), binary.right());
            case Plan.Quantiles quantiles
            when quantiles.label() == null -> List.of(quantiles.quantiles().getFirst(), quantiles.operand());
            case Plan.Quantiles quantiles -> with(quantiles.operand(), quantiles.quantiles());
            case Plan.Fraction fraction -> List.of(fraction.lower(), fraction.upper(), fraction.operand());
            case Plan.SortByValue sort -> List.of(sort.operand());
            case Plan.SortByLabels sort -> List.of(sort.operand());
            case Plan.InfoLookup info -> List.of(info.operand());
            case Plan.Aggregate aggregate -> List.of(aggregate.operand());
            default -> List.of();
        };
    }

    private static List<Plan> with(Plan first, List<? extends Plan> others) {
        List<Plan> all = new ArrayList<>();
        all.add(first);
        all.addAll(others);
        return all;
    }
}
