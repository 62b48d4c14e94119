package io.meridian.promql.exec;

import java.util.Arrays;

/// Quantiles of sorted values, and quantile_over_time and mad_over_time by a window that stays sorted as it slides.
final class QuantileKernel {
    private QuantileKernel() {}

    /// The quantile of `size` values in ascending order, of which `nans` NaNs come first and are not in the array.
    static double quantile(double q, double[] sorted, int nans, int size) {
        int n = size + nans;
        if (n == 0 || Double.isNaN(q)) {
            return Double.NaN;
        }
        if (q < 0) {
            return Double.NEGATIVE_INFINITY;
        }
        if (q > 1) {
            return Double.POSITIVE_INFINITY;
        }
        double rank = q * (n - 1.0);
        int lower = (int) Math.max(0, Math.floor(rank));
        int upper = Math.min(n - 1, lower + 1);
        double weight = rank - Math.floor(rank);
        double low = lower < nans ? Double.NaN : sorted[lower - nans];
        double high = upper < nans ? Double.NaN : sorted[upper - nans];
        return low * (1 - weight) + high * weight;
    }

    /// @param quantiles by step
    static void overTime(Windows w, double[] quantiles, Scratch scratch, double[] out) {
        var window = new SortedWindow(w.values, scratch.doubles(w.size));
        for (int k = 0; k < w.steps; k++) {
            w.check(k);
            if (w.from[k] < w.to[k]) {
                window.moveTo(w.from[k], w.to[k]);
                out[k] = quantile(quantiles[k], window.sorted, window.nans, window.size);
            }
        }
    }

    /// Median of the absolute distances from the median.
    static void medianDeviation(Windows w, Scratch scratch, double[] out) {
        double[] work = scratch.doubles(w.size);
        for (int k = 0; k < w.steps; k++) {
            w.check(k);
            int from = w.from[k];
            int n = w.to[k] - from;
            if (n == 0) {
                continue;
            }
            System.arraycopy(w.values, from, work, 0, n);
            Arrays.sort(work, 0, n);
            if (Double.isNaN(work[n - 1])) {
                out[k] = Double.NaN;
                continue;
            }
            double median = quantile(0.5, work, 0, n);
            for (int i = 0; i < n; i++) {
                work[i] = Math.abs(work[i] - median);
            }
            Arrays.sort(work, 0, n);
            int nans = 0;
            while (nans < n && Double.isNaN(work[n - 1 - nans])) {
                nans++;
            }
            out[k] = quantile(0.5, work, nans, n - nans);
        }
    }

    /// Values of a sliding window in order: each step inserts what came and removes what went.
    private static final class SortedWindow {
        final double[] sorted;
        int size;
        int nans;
        private final double[] values;
        private int from;
        private int to;

        SortedWindow(double[] values, double[] sorted) {
            this.values = values;
            this.sorted = sorted;
        }

        void moveTo(int newFrom, int newTo) {
            int changed = newTo - to + newFrom - from;
            if (newFrom >= to || changed * 2 > newTo - newFrom) {
                rebuild(newFrom, newTo);
                return;
            }
            for (int i = from; i < newFrom; i++) {
                remove(values[i]);
            }
            for (int i = to; i < newTo; i++) {
                insert(values[i]);
            }
            from = newFrom;
            to = newTo;
        }

        private void rebuild(int newFrom, int newTo) {
            size = 0;
            nans = 0;
            for (int i = newFrom; i < newTo; i++) {
                if (Double.isNaN(values[i])) {
                    nans++;
                } else {
                    sorted[size++] = values[i];
                }
            }
            Arrays.sort(sorted, 0, size);
            from = newFrom;
            to = newTo;
        }

        private void remove(double value) {
            if (Double.isNaN(value)) {
                nans--;
                return;
            }
            int at = Arrays.binarySearch(sorted, 0, size, value);
            System.arraycopy(sorted, at + 1, sorted, at, size - at - 1);
            size--;
        }

        private void insert(double value) {
            if (Double.isNaN(value)) {
                nans++;
                return;
            }
            int at = Arrays.binarySearch(sorted, 0, size, value);
            if (at < 0) {
                at = -at - 1;
            }
            System.arraycopy(sorted, at, sorted, at + 1, size - at);
            sorted[at] = value;
            size++;
        }
    }
}
