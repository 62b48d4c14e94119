package io.meridian.promql.fuzz;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import java.util.Arrays;
import java.util.SplittableRandom;

/// The native histograms of one series, one after the other: counters that grow and are reset, or gauges. The schema,
/// the zero bucket and custom bounds change now and then.
final class RandomHistograms {
    private static final int BUCKETS = 6;
    private static final double[] NONE = {};
    private static final double[][] BOUNDS = {{0.5, 1, 2, 5}, {-1, 0, 1, 2.5, 10}, {1, 5}};

    private final SplittableRandom random;
    private final boolean custom;
    private final boolean gauge;
    private final double[] positive = new double[BUCKETS];
    private final double[] negative = new double[BUCKETS];
    private double zero;
    private double sum;
    private int schema;
    private int firstIndex;
    private double zeroThreshold = 0.001;
    private boolean hasNegative;
    private double[] bounds = BOUNDS[0];

    RandomHistograms(SplittableRandom random, boolean custom, boolean gauge) {
        this.random = random;
        this.custom = custom;
        this.gauge = gauge;
        reset();
    }

    private void reset() {
        schema = random.nextInt(-1, 4);
        firstIndex = random.nextInt(-5, 3);
        hasNegative = random.nextInt(3) == 0;
        zeroThreshold = random.nextInt(5) == 0 ? 0.1 : 0.001;
        bounds = BOUNDS[random.nextInt(3) == 0 ? random.nextInt(BOUNDS.length) : 0];
        clear();
    }

    private void clear() {
        Arrays.fill(positive, 0);
        Arrays.fill(negative, 0);
        zero = 0;
        sum = 0;
    }

    FloatHistogram next() {
        if (gauge || random.nextInt(25) == 0) {
            clear();
        }
        if (random.nextInt(40) == 0) {
            reset();
        }
        int seen = random.nextInt(12);
        for (int i = 0; i < seen; i++) {
            observe();
        }
        return custom ? custom() : exponential();
    }

    private void observe() {
        int bucket = random.nextInt(BUCKETS);
        double many = random.nextInt(1, 4);
        sum += many * bucket * 0.25;
        if (custom) {
            positive[Math.min(bucket, bounds.length)] += many;
        } else if (bucket == 0) {
            zero += many;
        } else if (hasNegative && random.nextInt(3) == 0) {
            negative[bucket] += many;
        } else {
            positive[bucket] += many;
        }
    }

    private CounterResetHint hint() {
        return gauge ? CounterResetHint.GAUGE : CounterResetHint.UNKNOWN;
    }

    private FloatHistogram exponential() {
        double count = zero + total(positive) + total(negative);
        Side up = Side.of(positive, firstIndex, BUCKETS);
        Side down = Side.of(negative, firstIndex, BUCKETS);
        return new FloatHistogram(
                hint(), schema, zeroThreshold, zero, count, sum, up.spans, up.buckets, down.spans, down.buckets, NONE);
    }

    private FloatHistogram custom() {
        Side up = Side.of(positive, 0, bounds.length + 1);
        return new FloatHistogram(
                hint(),
                FloatHistogram.CUSTOM_SCHEMA,
                0,
                0,
                total(up.buckets),
                sum,
                up.spans,
                up.buckets,
                Spans.NONE,
                NONE,
                bounds);
    }

    private static double total(double[] buckets) {
        double total = 0;
        for (double bucket : buckets) {
            total += bucket;
        }
        return total;
    }

    /// The populated buckets of one side.
    private static final class Side {
        private final Spans spans;
        private final double[] buckets;

        private Side(Spans spans, double[] buckets) {
            this.spans = spans;
            this.buckets = buckets;
        }

        static Side of(double[] counts, int firstIndex, int size) {
            int[] indices = new int[size];
            double[] buckets = new double[size];
            int used = 0;
            for (int i = 0; i < size; i++) {
                if (counts[i] != 0) {
                    indices[used] = firstIndex + i;
                    buckets[used++] = counts[i];
                }
            }
            return new Side(Spans.ofIndices(indices, used), Arrays.copyOf(buckets, used));
        }
    }
}
