package io.meridian.promql.exec;

/// Arrays that kernels use while they run; they grow and stay.
final class Scratch {
    private double[] doubles = new double[64];
    private int[] ints = new int[64];

    double[] doubles(int size) {
        if (doubles.length < size) {
            doubles = new double[Math.max(size, 2 * doubles.length)];
        }
        return doubles;
    }

    int[] ints(int size) {
        if (ints.length < size) {
            ints = new int[Math.max(size, 2 * ints.length)];
        }
        return ints;
    }
}
