package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import io.meridian.promql.parse.BinaryOperator;
import io.meridian.promql.parse.Expr.Cardinality;
import io.meridian.promql.parse.Expr.Matching;
import io.meridian.promql.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A binary operator between vectors where who matches whom can differ from step to step: several series share a
/// signature, or missing ones are filled in. Numbers instead of label sets; errors as they would come step by step.
final class MatchByStep {
    private final Plan.VectorVector plan;
    private final Matching matching;
    private final boolean manyIsRight;
    private final Materialized many;
    private final Materialized one;
    private final int[] manyIds;
    private final int[] oneIds;
    private final Signatures signatures;
    private final PairAnnotations annotations;
    private final MatchedLabels names;
    private final Execution execution;
    private final int steps;
    private final Map<Long, Integer> outputOfPair = new HashMap<>();
    private final Map<Labels, Integer> outputOfLabels = new HashMap<>();
    private final List<Labels> outputLabels = new ArrayList<>();
    private final List<double[]> outputValues = new ArrayList<>();
    private final List<@Nullable HistogramColumn> outputHistograms = new ArrayList<>();
    private final HistogramWork work = new HistogramWork();
    private final Column leftCell = new Column(1);
    private final Column rightCell = new Column(1);

    MatchByStep(
            Plan.VectorVector plan,
            VectorStream left,
            VectorStream right,
            int[] leftIds,
            int[] rightIds,
            Signatures signatures,
            PairAnnotations annotations,
            Execution execution) {
        this.plan = plan;
        this.matching = plan.matching();
        this.signatures = signatures;
        this.annotations = annotations;
        this.execution = execution;
        manyIsRight = matching.cardinality() == Cardinality.ONE_TO_MANY;
        Materialized leftAll = execution.materialize(left);
        Materialized rightAll = execution.materialize(right);
        many = manyIsRight ? rightAll : leftAll;
        one = manyIsRight ? leftAll : rightAll;
        manyIds = manyIsRight ? rightIds : leftIds;
        oneIds = manyIsRight ? leftIds : rightIds;
        names = new MatchedLabels(plan.operator(), plan.returnBool(), matching, execution.delaysNameRemoval());
        steps = left.steps;
    }

    Materialized run() {
        int[] oneOf = new int[signatures.size()];
        boolean[] matched = new boolean[signatures.size()];
        Map<Integer, Set<Labels>> inGroup = new HashMap<>();
        for (int k = 0; k < steps; k++) {
            execution.context().check();
            step(k, oneOf, matched, inGroup);
        }
        @Nullable HistogramColumn[] histograms = outputHistograms.toArray(new @Nullable HistogramColumn[0]);
        return new Materialized(
                many.grid,
                outputLabels.toArray(new Labels[0]),
                names.marks(outputLabels.size()),
                outputValues.toArray(new double[0][]),
                histograms);
    }

    private void step(int k, int[] oneOf, boolean[] matched, Map<Integer, Set<Labels>> inGroup) {
        Double fillOne = matching.fillRight();
        Double fillMany = matching.fillLeft();
        if (fillOne == null && fillMany == null && (isEmpty(many, k) || isEmpty(one, k))) {
            return;
        }
        Arrays.fill(oneOf, -1);
        Arrays.fill(matched, false);
        inGroup.clear();
        for (int i = 0; i < oneIds.length; i++) {
            if (one.isPresent(i, k)) {
                if (oneOf[oneIds[i]] >= 0) {
                    throw manyToMany(oneOf[oneIds[i]], i);
                }
                oneOf[oneIds[i]] = i;
            }
        }
        for (int i = 0; i < manyIds.length; i++) {
            if (!many.isPresent(i, k)) {
                continue;
            }
            int signature = manyIds[i];
            int partner = oneOf[signature];
            if (partner < 0 && fillOne == null) {
                continue;
            }
            if (!compute(k, i, partner, 0, fillOne == null ? 0 : fillOne)) {
                continue;
            }
            checkOnce(i, partner, signature, matched, inGroup);
            matched[signature] = true;
            put(k, i, partner, signature);
        }
        if (fillMany == null) {
            return;
        }
        for (int i = 0; i < oneIds.length; i++) {
            if (one.isPresent(i, k) && !matched[oneIds[i]]) {
                compute(k, -1, i, fillMany, 0);
                put(k, -1, i, oneIds[i]);
            }
        }
    }

    private void checkOnce(
            int manyIndex, int partner, int signature, boolean[] matched, Map<Integer, Set<Labels>> inGroup) {
        if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
            if (matched[signature]) {
                throw new QueryException(
                        Fault.EVALUATION,
                        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
            }
        } else if (!inGroup.computeIfAbsent(signature, id -> new HashSet<>())
                .add(labelsOf(manyIndex, partner, signature))) {
            throw new QueryException(
                    Fault.EVALUATION, "multiple matches for labels: grouping labels must ensure unique matches");
        }
    }

    private static boolean isEmpty(Materialized side, int step) {
        for (int i = 0; i < side.size(); i++) {
            if (side.isPresent(i, step)) {
                return false;
            }
        }
        return true;
    }

    private Labels labelsOf(int manyIndex, int oneIndex, int signature) {
        return names.of(
                manyIndex < 0 ? signatures.labels(signature) : many.labels(manyIndex),
                oneIndex < 0 ? signatures.labels(signature) : one.labels(oneIndex));
    }

    /// Leaves the result in the left cell. Returns whether the two can be combined at all; a filter that does not hold
    /// is no obstacle.
    ///
    /// @param manyIndex -1: filled with `manyFill`
    /// @param oneIndex  -1: filled with `oneFill`
    private boolean compute(int step, int manyIndex, int oneIndex, double manyFill, double oneFill) {
        load(many, manyIndex, step, manyFill, manyIsRight ? rightCell : leftCell);
        load(one, oneIndex, step, oneFill, manyIsRight ? leftCell : rightCell);
        boolean histograms = leftCell.hasHistogram(0);
        boolean comparable = histograms == rightCell.hasHistogram(0)
                && plan.operator().isComparison()
                && (!histograms || plan.operator() == BinaryOperator.EQL || plan.operator() == BinaryOperator.NEQ);
        int pair = manyIndex < 0 ? many.size() + oneIndex : manyIndex;
        PairKernel.apply(plan.operator(), plan.returnBool(), leftCell, rightCell, pair, annotations.at(step), work);
        return leftCell.isPresent(0) || comparable && !plan.returnBool();
    }

    private void put(int step, int manyIndex, int oneIndex, int signature) {
        if (!leftCell.isPresent(0)) {
            return;
        }
        int output = output(manyIndex, oneIndex, signature);
        double[] values = outputValues.get(output);
        HistogramColumn histograms = outputHistograms.get(output);
        if (!Column.isAbsent(values[step]) || histograms != null && histograms.isPresent(step)) {
            throw Duplicates.error();
        }
        values[step] = leftCell.values[0];
        FloatHistogram histogram = leftCell.histogram(0);
        if (histogram != null) {
            if (histograms == null) {
                histograms = new HistogramColumn(steps);
                outputHistograms.set(output, histograms);
            }
            histograms.set(step, histogram);
        }
    }

    private static void load(Materialized side, int index, int step, double fill, Column cell) {
        cell.clear();
        if (index < 0) {
            cell.values[0] = fill;
            return;
        }
        cell.values[0] = side.values[index][step];
        FloatHistogram histogram = side.histogram(index, step);
        if (histogram != null) {
            cell.requireHistograms().set(0, histogram);
        }
    }

    private int output(int manyIndex, int oneIndex, int signature) {
        long pair = ((long) (manyIndex + 1) << 32) | (oneIndex + 1);
        Integer known = outputOfPair.get(pair);
        if (known != null) {
            return known;
        }
        Labels labels = labelsOf(manyIndex, oneIndex, signature);
        Integer output = outputOfLabels.get(labels);
        if (output == null) {
            output = outputLabels.size();
            outputOfLabels.put(labels, output);
            outputLabels.add(labels);
            double[] values = new double[steps];
            Arrays.fill(values, Column.ABSENT);
            execution.reserve(8L * steps);
            outputValues.add(values);
            outputHistograms.add(null);
        }
        outputOfPair.put(pair, output);
        return output;
    }

    private QueryException manyToMany(int first, int second) {
        String a = one.labels(first).toString();
        String b = one.labels(second).toString();
        boolean inOrder = io.meridian.model.Utf8.compare(a, b) <= 0;
        return new QueryException(
                Fault.EVALUATION,
                "found duplicate series for the match group " + signatures.labels(oneIds[second]) + " on the "
                        + (manyIsRight ? "left" : "right") + " hand-side of the operation: ["
                        + (inOrder ? a : b) + ", " + (inOrder ? b : a)
                        + "];many-to-many matching not allowed: matching labels must be unique on one side");
    }
}
