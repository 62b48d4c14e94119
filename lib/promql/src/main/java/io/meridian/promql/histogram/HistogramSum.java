package io.meridian.promql.histogram;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.histogram.HistogramBounds;

/// A histogram that is being computed: loaded from one, then added to, scaled, reduced; reused without allocation.
///
/// With compensation, every addition keeps what it lost (Neumaier) until [#settle].
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
            addCounts(other, 0, 0, subtract);
            if (sameBounds(bounds, other.bounds)) {
                positive.addAll(other.positive, 0, subtract, compensated);
            } else {
                CustomBounds.intersect(this, other, subtract, compensated);
                flags |= RECONCILED;
            }
            return flags;
        }
        double[] widened = ZeroBucket.reconcile(this, other, compensated);
        addCounts(other, widened[0], widened[1], subtract);
        if (other.schema > schema) {
            other.reduceTo(schema);
        } else if (schema > other.schema) {
            reduceTo(other.schema);
        }
        positive.addAll(other.positive, covered(other.positive), subtract, compensated);
        negative.addAll(other.negative, covered(other.negative), subtract, compensated);
        return flags;
    }

    private static boolean sameBounds(double[] a, double[] b) {
        if (a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        return true;
    }

    private void addCounts(HistogramSum other, double otherZero, double otherZeroCarry, boolean subtract) {
        double sign = subtract ? -1 : 1;
        if (!compensated) {
            zeroCount += sign * otherZero;
            count += sign * other.count;
            sum += sign * other.sum;
            return;
        }
        zeroCarry = carry(sign * otherZero, zeroCount, zeroCarry);
        zeroCount += sign * otherZero;
        if (otherZeroCarry != 0) {
            zeroCarry = carry(sign * otherZeroCarry, zeroCount, zeroCarry);
            zeroCount += sign * otherZeroCarry;
        }
        countCarry = carry(sign * other.count, count, countCarry);
        count += sign * other.count;
        sumCarry = carry(sign * other.sum, sum, sumCarry);
        sum += sign * other.sum;
    }

    static double carry(double x, double sum, double compensation) {
        double next = sum + x;
        if (Double.isInfinite(next)) {
            return 0;
        }
        return Math.abs(sum) >= Math.abs(x) ? compensation + ((sum - next) + x) : compensation + ((x - next) + sum);
    }

    /// How many leading buckets of the other lie within the zero bucket.
    private int covered(BucketSide other) {
        int covered = 0;
        while (covered < other.size
                && HistogramBounds.exponentialUpper(schema, other.indices[covered]) <= zeroThreshold) {
            covered++;
        }
        return covered;
    }

    private int mergeHint(CounterResetHint other) {
        if (hint == other) {
            return 0;
        }
        if (hint == CounterResetHint.GAUGE || other == CounterResetHint.GAUGE) {
            hint = CounterResetHint.GAUGE;
            return 0;
        }
        boolean collision = hint != CounterResetHint.UNKNOWN && other != CounterResetHint.UNKNOWN;
        hint = CounterResetHint.UNKNOWN;
        return collision ? COLLISION : 0;
    }

    /// Brings an exponential histogram to a coarser schema.
    public void reduceTo(int newSchema) {
        if (newSchema < schema && !hasCustomBounds()) {
            positive.reduce(schema - newSchema, compensated);
            negative.reduce(schema - newSchema, compensated);
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

    /// Adds what compensated additions have lost.
    public void settle() {
        zeroCount += zeroCarry;
        count += countCarry;
        sum += sumCarry;
        zeroCarry = 0;
        countCarry = 0;
        sumCarry = 0;
        positive.settle();
        negative.settle();
    }

    /// Whether any number is infinite, the sum included.
    public boolean hasOverflow() {
        return Double.isInfinite(zeroCount)
                || Double.isInfinite(count)
                || Double.isInfinite(sum)
                || positive.hasInfinite()
                || negative.hasInfinite();
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
