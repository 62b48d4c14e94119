package io.meridian.model.histogram;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;

/// A histogram that others are added to, subtracted from, or that is scaled: Prometheus' arithmetic in its order of
/// roundings, with or without compensation of what each addition loses. Mutable, for one thread.
public final class HistogramAccumulator {
    private static final double[] NO_BOUNDS = new double[0];

    private final boolean compensated;
    private CounterResetHint hint;
    private int schema;
    private final ZeroBucket zero;
    private double count;
    private double countCarry;
    private double sum;
    private double sumCarry;
    private BucketSide positive;
    private BucketSide negative;
    private double[] customValues;
    private boolean hintCollision;
    private boolean boundsReconciled;

    /// @param compensated whether to keep what additions lose (`sum`, `avg`, `sum_over_time`, …)
    public HistogramAccumulator(FloatHistogram first, boolean compensated) {
        this.compensated = compensated;
        hint = first.hint();
        schema = first.schema();
        zero = new ZeroBucket(first);
        count = first.count();
        sum = first.sum();
        positive = new BucketSide(first.positiveSpans(), first.positiveBuckets(), compensated);
        negative = new BucketSide(first.negativeSpans(), first.negativeBuckets(), compensated);
        customValues = first.customValues();
    }

    /// Whether both have custom bounds, or neither: else they cannot be added.
    public boolean isCompatible(FloatHistogram other) {
        return (schema == FloatHistogram.CUSTOM_SCHEMA) == other.hasCustomBounds();
    }

    /// @throws IllegalArgumentException if the histogram is not compatible
    public void add(FloatHistogram other) {
        combine(other, false);
    }

    /// Never compensated.
    ///
    /// @throws IllegalArgumentException if the histogram is not compatible
    public void subtract(FloatHistogram other) {
        combine(other, true);
    }

    private void combine(FloatHistogram other, boolean negate) {
        if (!isCompatible(other)) {
            throw new IllegalArgumentException(
                    "schemas cannot be combined: %d and %d".formatted(schema, other.schema()));
        }
        mergeHint(other.hint());
        var otherPositive = new BucketSide(other.positiveSpans(), other.positiveBuckets(), compensated);
        boolean custom = schema == FloatHistogram.CUSTOM_SCHEMA;
        BucketSide otherNegative = null;
        if (!custom) {
            otherNegative = new BucketSide(other.negativeSpans(), other.negativeBuckets(), compensated);
            var otherZero = new ZeroBucket(other);
            zero.reconcile(this::widen, otherZero, other.schema(), otherPositive, otherNegative);
            zero.add(otherZero, negate, compensated);
        }
        addCount(negate ? -other.count() : other.count());
        addSum(negate ? -other.sum() : other.sum());
        if (custom) {
            addCustom(other, otherPositive, negate);
        } else if (otherNegative != null) {
            addExponential(other.schema(), otherPositive, otherNegative, negate);
        }
    }

    private void widen(double threshold) {
        zero.widen(threshold, schema, positive, negative);
        positive.clearBelow(schema, zero.threshold());
        negative.clearBelow(schema, zero.threshold());
    }

    private void addCount(double value) {
        countCarry = CompensatedSum.carry(value, count, countCarry);
        count += value;
    }

    private void addSum(double value) {
        sumCarry = CompensatedSum.carry(value, sum, sumCarry);
        sum += value;
    }

    private void addCustom(FloatHistogram other, BucketSide otherPositive, boolean negate) {
        if (CustomBounds.same(customValues, other.customValues())) {
            positive.add(otherPositive, negate, schema, 0);
            return;
        }
        boundsReconciled = true;
        double[] common = CustomBounds.common(customValues, other.customValues());
        positive.addToCommonBounds(customValues, otherPositive, other.customValues(), common, negate);
        customValues = common;
    }

    private void addExponential(int otherSchema, BucketSide otherPositive, BucketSide otherNegative, boolean negate) {
        if (otherSchema < schema) {
            positive.reduce(schema, otherSchema);
            negative.reduce(schema, otherSchema);
            schema = otherSchema;
        } else if (otherSchema > schema) {
            otherPositive.reduce(otherSchema, schema);
            otherNegative.reduce(otherSchema, schema);
        }
        positive.add(otherPositive, negate, schema, zero.threshold());
        negative.add(otherNegative, negate, schema, zero.threshold());
    }

    /// Equal hints stay, a gauge wins, then unknown; a reset against none gives unknown and is a collision.
    private void mergeHint(CounterResetHint other) {
        if (hint == other) {
            return;
        }
        if (hint == CounterResetHint.GAUGE || other == CounterResetHint.GAUGE) {
            hint = CounterResetHint.GAUGE;
            return;
        }
        hintCollision |= hint != CounterResetHint.UNKNOWN && other != CounterResetHint.UNKNOWN;
        hint = CounterResetHint.UNKNOWN;
    }

    public void setHint(CounterResetHint newHint) {
        hint = newHint;
    }

    /// A negative factor makes a gauge of it.
    public void multiply(double factor) {
        zero.multiply(factor);
        count *= factor;
        countCarry *= factor;
        sum *= factor;
        sumCarry *= factor;
        positive.multiply(factor);
        negative.multiply(factor);
        if (factor < 0) {
            hint = CounterResetHint.GAUGE;
        }
    }

    /// Zero, of either sign, drops the buckets; a negative divisor makes a gauge of it.
    public void divide(double divisor) {
        zero.divide(divisor);
        count /= divisor;
        countCarry /= divisor;
        sum /= divisor;
        sumCarry /= divisor;
        if (divisor == 0) {
            positive = new BucketSide(Spans.NONE, NO_BOUNDS, compensated);
            negative = new BucketSide(Spans.NONE, NO_BOUNDS, compensated);
            return;
        }
        positive.divide(divisor);
        negative.divide(divisor);
        if (divisor < 0) {
            hint = CounterResetHint.GAUGE;
        }
    }

    /// Takes an exponential histogram to a coarser schema; does nothing if it has that already.
    public void reduce(int toSchema) {
        if (toSchema < schema) {
            positive.reduce(schema, toSchema);
            negative.reduce(schema, toSchema);
            schema = toSchema;
        }
    }

    /// Drops empty buckets, as Prometheus' `Compact(0)`.
    public void compact() {
        positive.dropEmpty();
        negative.dropEmpty();
    }

    /// Whether any field is infinite: then a running sum is no way to an average.
    public boolean hasOverflow() {
        if (zero.isInfinite() || Double.isInfinite(count) || Double.isInfinite(sum)) {
            return true;
        }
        return positive.hasInfinity() || negative.hasInfinity() || CustomBounds.hasInfinity(customValues);
    }

    /// Whether a reset met a "not reset" since the start.
    public boolean hintCollision() {
        return hintCollision;
    }

    /// Whether custom bounds differed since the start.
    public boolean boundsReconciled() {
        return boundsReconciled;
    }

    public CounterResetHint hint() {
        return hint;
    }

    public int schema() {
        return schema;
    }

    public double count() {
        return count;
    }

    /// What it holds now; with compensation, what was lost is put back.
    public FloatHistogram toHistogram() {
        double threshold = schema == FloatHistogram.CUSTOM_SCHEMA ? 0 : zero.threshold();
        return new FloatHistogram(
                hint,
                schema,
                zero.threshold(),
                compensated ? zero.compensated() : zero.count(),
                compensated ? count + countCarry : count,
                compensated ? sum + sumCarry : sum,
                positive.spans(),
                positive.toCompensated(schema, threshold),
                negative.spans(),
                negative.toCompensated(schema, threshold),
                customValues);
    }
}
