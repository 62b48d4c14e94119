package io.meridian.promql.exec;

import java.util.Arrays;

/// The buckets of one classic histogram at one step: ascending upper bounds and cumulative counts.
final class ClassicBuckets {
    private static final double TOLERANCE = 1e-12;
    private static final double SMALLEST_NORMAL = 0x1p-1022;

    double[] bounds = new double[32];
    double[] counts = new double[32];
    int size;

    /// What the last repair found; valid after [#repair] returned true.
    double repairedMin;

    double repairedMax;
    double differenceMax;

    /// How many buckets were added; merging leaves the rest of the arrays as it is.
    private int added;

    void clear() {
        added = 0;
        size = 0;
    }

    /// Adds a bucket; bounds must not descend.
    void add(double bound, double count) {
        if (added == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * added);
            counts = Arrays.copyOf(counts, 2 * added);
        }
        bounds[added] = bound;
        counts[added++] = count;
        size = added;
    }

    /// Adds up buckets with equal bounds, in place. Asked again, it starts from all places that were added to, the ones
    /// that the first time left over included: that is what several quantiles of one histogram see in Prometheus.
    void merge() {
        size = added;
        sort();
        int last = 0;
        for (int i = 1; i < size; i++) {
            if (bounds[i] == bounds[last]) {
                counts[last] += counts[i];
            } else {
                last++;
                bounds[last] = bounds[i];
                counts[last] = counts[i];
            }
        }
        size = Math.min(size, last + 1);
    }

    private void sort() {
        for (int i = 1; i < size; i++) {
            double bound = bounds[i];
            double count = counts[i];
            int j = i - 1;
            for (; j >= 0 && bounds[j] > bound; j--) {
                bounds[j + 1] = bounds[j];
                counts[j + 1] = counts[j];
            }
            bounds[j + 1] = bound;
            counts[j + 1] = count;
        }
    }

    boolean endsInInfinity() {
        return added > 0 && bounds[added - 1] == Double.POSITIVE_INFINITY;
    }

    /// After [#merge], lifts counts that are below the one before. Returns whether any was so by more than rounding
    /// explains.
    boolean repair() {
        boolean forced = false;
        double previous = counts[0];
        for (int i = 1; i < size; i++) {
            double current = counts[i];
            if (current == previous) {
                continue;
            }
            if (almostEqual(previous, current)) {
                counts[i] = previous;
            } else if (current < previous) {
                double difference = previous - current;
                repairedMin = forced ? Math.min(repairedMin, bounds[i]) : bounds[i];
                repairedMax = forced ? Math.max(repairedMax, bounds[i]) : bounds[i];
                differenceMax = forced ? Math.max(differenceMax, difference) : difference;
                forced = true;
                counts[i] = previous;
            } else {
                previous = current;
            }
        }
        return forced;
    }

    private static boolean almostEqual(double a, double b) {
        if (a == b || Double.isNaN(a) && Double.isNaN(b)) {
            return true;
        }
        double sum = Math.abs(a) + Math.abs(b);
        double difference = Math.abs(a - b);
        if (a == 0 || b == 0 || sum < SMALLEST_NORMAL) {
            return difference < TOLERANCE * SMALLEST_NORMAL;
        }
        return difference / Math.min(sum, Double.MAX_VALUE) < TOLERANCE;
    }

    /// For 0 ≤ q ≤ 1, after [#repair].
    double quantile(double q) {
        if (size < 2) {
            return Double.NaN;
        }
        double total = counts[size - 1];
        if (total == 0) {
            return Double.NaN;
        }
        double rank = q * total;
        int b = 0;
        while (b < size - 1 && !(counts[b] >= rank)) {
            b++;
        }
        if (b == size - 1) {
            return bounds[size - 2];
        }
        if (b == 0 && bounds[0] <= 0) {
            return bounds[0];
        }
        double low = 0;
        double count = counts[b];
        if (b > 0) {
            low = bounds[b - 1];
            count -= counts[b - 1];
            rank -= counts[b - 1];
        }
        return low + (bounds[b] - low) * (rank / count);
    }

    /// The share of observations between two limits.
    double fraction(double lower, double upper) {
        if (!endsInInfinity()) {
            return Double.NaN;
        }
        merge();
        double total = counts[size - 1];
        if (total == 0 || Double.isNaN(total) || Double.isNaN(lower) || Double.isNaN(upper)) {
            return Double.NaN;
        }
        if (lower >= upper) {
            return 0;
        }
        return (rank(upper, total) - rank(lower, total)) / total;
    }

    /// How many observations lie below the limit; NaN where a count that decides is.
    private double rank(double limit, double total) {
        double rank = 0;
        for (int b = 0; b < size; b++) {
            double low = b > 0 ? bounds[b - 1] : bounds[0] > 0 ? 0 : Double.NEGATIVE_INFINITY;
            double up = bounds[b];
            if (low >= limit || limit < up) {
                double found = low >= limit ? rank : between(limit, low, up, rank, counts[b]);
                return found > total ? total : found;
            }
            rank = counts[b];
        }
        return total;
    }

    private static double between(double limit, double low, double up, double rank, double count) {
        return low == Double.NEGATIVE_INFINITY ? count : rank + (count - rank) * (limit - low) / (up - low);
    }
}
