package io.meridian.model.histogram;

import java.util.Arrays;

/// Upper bounds of histograms with custom buckets.
final class CustomBounds {
    private CustomBounds() {}

    static boolean same(double[] a, double[] b) {
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

    /// The bounds that both have.
    static double[] common(double[] a, double[] b) {
        double[] result = new double[Math.min(a.length, b.length)];
        int count = 0;
        for (int i = 0, j = 0; i < a.length && j < b.length; ) {
            if (a[i] == b[j]) {
                result[count++] = a[i];
                i++;
                j++;
            } else if (a[i] < b[j]) {
                i++;
            } else {
                j++;
            }
        }
        return Arrays.copyOf(result, count);
    }

    static boolean hasInfinity(double[] bounds) {
        for (double bound : bounds) {
            if (Double.isInfinite(bound)) {
                return true;
            }
        }
        return false;
    }
}
