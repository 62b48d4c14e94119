package io.meridian.promql.exec;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.histogram.HistogramEquality;
import io.meridian.model.histogram.HistogramSum;
import io.meridian.model.histogram.HistogramTrim;
import io.meridian.promql.parse.BinaryOperator;
import org.jspecify.annotations.Nullable;

/// A binary operator where histograms are involved, step by step.
final class MixedPair {
    private final BinaryOperator operator;
    private final boolean returnBool;
    private final boolean scalarLeft;
    private final PairAnnotations annotations;
    private final HistogramWork work;

    /// @param scalarLeft whether a filter keeps the right side, the left one being a scalar
    MixedPair(
            BinaryOperator operator,
            boolean returnBool,
            boolean scalarLeft,
            PairAnnotations annotations,
            HistogramWork work) {
        this.operator = operator;
        this.returnBool = returnBool;
        this.scalarLeft = scalarLeft;
        this.annotations = annotations;
        this.work = work;
    }

    void withScalar(double[] scalar, Column target, int pair) {
        HistogramColumn histograms = target.histograms;
        for (int k = 0; k < scalar.length; k++) {
            double value = target.values[k];
            FloatHistogram histogram = histograms == null ? null : histograms.get(k);
            if (histogram == null && Column.isAbsent(value)) {
                continue;
            }
            if (scalarLeft) {
                step(scalar[k], null, value, histogram, pair, k, target);
            } else {
                step(value, histogram, scalar[k], null, pair, k, target);
            }
        }
    }

    /// The left column becomes the result.
    void columns(Column left, Column right, int pair) {
        for (int k = 0; k < left.values.length; k++) {
            if (left.isPresent(k) && right.isPresent(k)) {
                step(left.values[k], left.histogram(k), right.values[k], right.histogram(k), pair, k, left);
            } else {
                set(left, k, Column.ABSENT, null);
            }
        }
    }

    private void step(
            double left,
            @Nullable FloatHistogram leftHistogram,
            double right,
            @Nullable FloatHistogram rightHistogram,
            int pair,
            int step,
            Column target) {
        if (leftHistogram != null && rightHistogram != null) {
            histograms(leftHistogram, rightHistogram, pair, step, target);
        } else if (leftHistogram != null) {
            histogramAndFloat(leftHistogram, right, pair, step, target);
        } else if (rightHistogram != null) {
            if (operator == BinaryOperator.MUL) {
                set(target, step, Column.ABSENT, scaled(rightHistogram, left));
            } else {
                incompatible("float", "histogram", pair, step, target);
            }
        } else if (PairKernel.isTrim(operator)) {
            incompatible("float", "float", pair, step, target);
        } else if (operator.isComparison() && !returnBool) {
            boolean holds = Arithmetic.compare(operator, left, right);
            set(target, step, !holds ? Column.ABSENT : scalarLeft ? right : left, null);
        } else {
            set(target, step, Arithmetic.apply(operator, left, right), null);
        }
    }

    private void histogramAndFloat(FloatHistogram left, double right, int pair, int step, Column target) {
        switch (operator) {
            case MUL -> set(target, step, Column.ABSENT, scaled(left, right));
            case DIV -> {
                work.sum.load(left);
                work.sum.divide(right);
                work.sum.compact();
                set(target, step, Column.ABSENT, work.sum.toHistogram());
            }
            case TRIM_UPPER, TRIM_LOWER -> {
                boolean keepBelow = operator == BinaryOperator.TRIM_UPPER;
                set(
                        target,
                        step,
                        Column.ABSENT,
                        keepBelow ? HistogramTrim.below(left, right) : HistogramTrim.above(left, right));
            }
            default -> incompatible("histogram", "float", pair, step, target);
        }
    }

    private FloatHistogram scaled(FloatHistogram histogram, double factor) {
        work.sum.load(histogram);
        work.sum.multiply(factor);
        work.sum.compact();
        return work.sum.toHistogram();
    }

    private void histograms(FloatHistogram left, FloatHistogram right, int pair, int step, Column target) {
        switch (operator) {
            case ADD, SUB -> add(left, right, pair, step, target);
            case EQL, NEQ -> {
                boolean holds = HistogramEquality.same(left, right) == (operator == BinaryOperator.EQL);
                if (returnBool) {
                    set(target, step, holds ? 1 : 0, null);
                } else {
                    set(target, step, Column.ABSENT, holds ? left : null);
                }
            }
            default -> incompatible("histogram", "histogram", pair, step, target);
        }
    }

    private void add(FloatHistogram left, FloatHistogram right, int pair, int step, Column target) {
        boolean subtract = operator == BinaryOperator.SUB;
        HistogramSum sum = work.sum;
        sum.load(left);
        work.operand.load(right);
        int flags = sum.add(work.operand, subtract);
        if ((flags & HistogramSum.INCOMPATIBLE) != 0) {
            set(target, step, Column.ABSENT, null);
            annotations.incompatibleBuckets(pair, step);
        } else if ((flags & HistogramSum.COLLISION) != 0) {
            set(target, step, Column.ABSENT, null);
            annotations.collision(pair, step);
        } else {
            if ((flags & HistogramSum.RECONCILED) != 0) {
                annotations.reconciled(pair, step);
            }
            if (subtract) {
                sum.setHint(CounterResetHint.GAUGE);
            }
            sum.compact();
            set(target, step, Column.ABSENT, sum.toHistogram());
        }
    }

    private void incompatible(String left, String right, int pair, int step, Column target) {
        set(target, step, Column.ABSENT, null);
        annotations.incompatibleTypes(pair, step, left, right);
    }

    private static void set(Column target, int step, double value, @Nullable FloatHistogram histogram) {
        target.values[step] = value;
        if (histogram != null) {
            target.requireHistograms().set(step, histogram);
        } else if (target.histograms != null) {
            target.histograms.set(step, null);
        }
    }
}
