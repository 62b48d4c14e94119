package io.meridian.model.histogram;

import io.meridian.model.BucketLayout;
import io.meridian.model.CompensatedSum;
import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;

/// A histogram that is being computed: loaded from one, then added to, scaled, reduced; reused without allocation.
///
/// With compensation, every addition keeps what it lost (Neumaier) until [#settle]. Not thread-safe.
public final class HistogramSum {
    /// The operands' kinds of buckets cannot be combined; nothing was changed.
    public static final int INCOMPATIBLE = 1;

    /// One operand says that it is a reset, the other that it is none.
    public static final int COLLISION = 2;

    /// Custom bounds differed; only the common ones are left.
    public static final int RECONCILED = 4;

    private static final double[] NO_BOUNDS = new double[0];

    CounterResetHint hint = CounterResetHint.UNKNOWN;
    int schema;
    double zeroThreshold;
    double zeroCount;
    double zeroCarry;
    double count;
    double countCarry;
    double sum;
    double sumCarry;
    double[] bounds = NO_BOUNDS;
    final BucketSide positive = new BucketSide();
    final BucketSide negative = new BucketSide();
    private boolean compensated;

    public void load(FloatHistogram histogram) {
        hint = histogram.hint();
        schema = histogram.schema();
        zeroThreshold = histogram.zeroThreshold();
        zeroCount = histogram.zeroCount();
        count = histogram.count();
        sum = histogram.sum();
        bounds = histogram.customValues();
        positive.load(histogram.positiveSpans(), histogram.positiveBuckets());
        negative.load(histogram.negativeSpans(), histogram.negativeBuckets());
        zeroCarry = 0;
        countCarry = 0;
        sumCarry = 0;
        compensated = false;
    }

    /// A sum that is under way, with what its additions have lost; compensated from the start.
    public void load(BucketLayout layout, CounterResetHint newHint, double[] values, double[] losses, int row) {
        hint = newHint;
        schema = layout.schema();
        zeroThreshold = layout.zeroThreshold();
        bounds = layout.customValues();
        count = values[row + HistogramColumn.COUNT];
        sum = values[row + HistogramColumn.SUM];
        zeroCount = values[row + HistogramColumn.ZERO_COUNT];
        countCarry = losses[row + HistogramColumn.COUNT];
        sumCarry = losses[row + HistogramColumn.SUM];
        zeroCarry = losses[row + HistogramColumn.ZERO_COUNT];
        int at = row + HistogramColumn.BUCKETS;
        positive.load(layout.positive(), values, losses, at);
        negative.load(layout.negative(), values, losses, at + layout.positiveCount());
        compensated = true;
    }

    /// An empty histogram with the other's schema and bounds.
    public void loadEmptyLike(FloatHistogram histogram) {
        load(FloatHistogram.empty(CounterResetHint.UNKNOWN, histogram.schema(), 0, 0));
        bounds = histogram.customValues();
    }

    public void copyFrom(HistogramSum other) {
        hint = other.hint;
        schema = other.schema;
        zeroThreshold = other.zeroThreshold;
        zeroCount = other.zeroCount;
        zeroCarry = other.zeroCarry;
        count = other.count;
        countCarry = other.countCarry;
        sum = other.sum;
        sumCarry = other.sumCarry;
        bounds = other.bounds;
        compensated = other.compensated;
        positive.copyFrom(other.positive);
        negative.copyFrom(other.negative);
    }

    public void compensate() {
        compensated = true;
    }

    public int schema() {
        return schema;
    }

    public double count() {
        return count;
    }

    public boolean hasCustomBounds() {
        return schema == FloatHistogram.CUSTOM_SCHEMA;
    }

    public void setHint(CounterResetHint newHint) {
        hint = newHint;
    }

    /// Adds the other one, which may lose resolution by it. Returns what happened, as flags.
    public int add(HistogramSum other, boolean subtract) {
        if (hasCustomBounds() != other.hasCustomBounds()) {
            return INCOMPATIBLE;
        }
        int flags = mergeHint(other.hint);
        if (hasCustomBounds()) {
            addCounts(other, new ZeroBucket(), subtract);
            if (CustomBounds.same(bounds, other.bounds)) {
                positive.addAll(other.positive, 0, subtract, compensated);
            } else {
                CustomBounds.intersect(this, other, subtract, compensated);
                flags |= RECONCILED;
            }
            return flags;
        }
        addCounts(other, ZeroBucket.reconcile(this, other), subtract);
        if (other.schema > schema) {
            // The other's losses count as well, where losses are kept.
            other.reduceTo(schema, compensated);
        } else if (schema > other.schema) {
            reduceTo(other.schema);
        }
        positive.addAll(other.positive, other.positive.countWithin(schema, zeroThreshold), subtract, compensated);
        negative.addAll(other.negative, other.negative.countWithin(schema, zeroThreshold), subtract, compensated);
        return flags;
    }

    private void addCounts(HistogramSum other, ZeroBucket otherZero, boolean subtract) {
        double sign = subtract ? -1 : 1;
        addZero(sign * otherZero.count);
        if (compensated) {
            addZero(sign * otherZero.carry);
        }
        double value = sign * other.count;
        countCarry = CompensatedSum.carry(value, count, countCarry);
        count += value;
        value = sign * other.sum;
        sumCarry = CompensatedSum.carry(value, sum, sumCarry);
        sum += value;
    }

    private void addZero(double value) {
        zeroCarry = CompensatedSum.carry(value, zeroCount, zeroCarry);
        zeroCount += value;
    }

    private int mergeHint(CounterResetHint other) {
        CounterResetHint before = hint;
        hint = merged(before, other);
        boolean lost = hint == CounterResetHint.UNKNOWN && before != other;
        return lost && before != CounterResetHint.UNKNOWN && other != CounterResetHint.UNKNOWN ? COLLISION : 0;
    }

    /// What is known of a sum of two histograms.
    public static CounterResetHint merged(CounterResetHint a, CounterResetHint b) {
        if (a == b) {
            return a;
        }
        boolean gauge = a == CounterResetHint.GAUGE || b == CounterResetHint.GAUGE;
        return gauge ? CounterResetHint.GAUGE : CounterResetHint.UNKNOWN;
    }

    /// Brings an exponential histogram to a coarser schema.
    public void reduceTo(int newSchema) {
        reduceTo(newSchema, compensated);
    }

    private void reduceTo(int newSchema, boolean keepsLosses) {
        if (newSchema < schema && !hasCustomBounds()) {
            positive.reduce(schema - newSchema, keepsLosses);
            negative.reduce(schema - newSchema, keepsLosses);
            schema = newSchema;
        }
    }

    /// A negative factor makes it a gauge.
    public void multiply(double factor) {
        zeroCount *= factor;
        zeroCarry *= factor;
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

    /// Division by zero leaves no buckets.
    public void divide(double divisor) {
        zeroCount /= divisor;
        zeroCarry /= divisor;
        count /= divisor;
        countCarry /= divisor;
        sum /= divisor;
        sumCarry /= divisor;
        if (divisor == 0) {
            positive.size = 0;
            negative.size = 0;
            return;
        }
        positive.divide(divisor);
        negative.divide(divisor);
        if (divisor < 0) {
            hint = CounterResetHint.GAUGE;
        }
    }

    /// Drops empty buckets.
    public void compact() {
        positive.compact();
        negative.compact();
    }

    /// Adds what compensated additions have lost. Of leading buckets within the zero bucket it stays lost, as
    /// Prometheus adds the losses like any other histogram.
    public void settle() {
        if (!compensated) {
            return;
        }
        zeroCount += zeroCarry;
        count += countCarry;
        sum += sumCarry;
        zeroCarry = 0;
        countCarry = 0;
        sumCarry = 0;
        double threshold = hasCustomBounds() ? 0 : zeroThreshold;
        positive.settle(positive.countWithin(schema, threshold));
        negative.settle(negative.countWithin(schema, threshold));
    }

    /// Whether any number is infinite, the sum included.
    public boolean hasOverflow() {
        return Double.isInfinite(zeroCount)
                || Double.isInfinite(count)
                || Double.isInfinite(sum)
                || positive.hasInfinite()
                || negative.hasInfinite()
                || CustomBounds.hasInfinity(bounds);
    }

    public FloatHistogram toHistogram() {
        return new FloatHistogram(
                hint,
                schema,
                zeroThreshold,
                zeroCount,
                count,
                sum,
                positive.spans(),
                positive.buckets(),
                negative.spans(),
                negative.buckets(),
                bounds);
    }
}
