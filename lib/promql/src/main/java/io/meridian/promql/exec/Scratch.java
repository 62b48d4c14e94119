package io.meridian.promql.exec;

import java.util.Arrays;

/// Arrays that kernels use while they run; they grow and stay.
final class Scratch {
    private double[] doubles = new double[64];
    private int[] ints = new int[64];
    private long[] longs = {};
    private double[] row = {};
    private double[] sums = {};
    private double[] carries = {};
    private final double[][] lanes = {{}, {}, {}, {}};

    /// Bytes that are held.
    long retainedBytes() {
        int held = doubles.length + longs.length + row.length + sums.length + carries.length;
        for (double[] lane : lanes) {
            held += lane.length;
        }
        return 8L * held + 4L * ints.length;
    }

    /// One of four arrays for numbers by step. A loop is vectorized only if what it reads at several distances lies in
    /// several arrays.
    double[] lane(int index, int size) {
        if (lanes[index].length < size) {
            lanes[index] = new double[size];
        }
        return lanes[index];
    }

    double[] doubles(int size) {
        if (doubles.length < size) {
            doubles = new double[Math.max(size, 2 * doubles.length)];
        }
        return doubles;
    }

    long[] longs(int size) {
        if (longs.length < size) {
            longs = new long[Math.max(size, 2 * longs.length)];
        }
        return longs;
    }

    int[] ints(int size) {
        if (ints.length < size) {
            ints = new int[Math.max(size, 2 * ints.length)];
        }
        return ints;
    }

    double[] row(int size) {
        if (row.length < size) {
            row = new double[size];
        }
        return row;
    }

    /// Zeros, for sums by step.
    double[] sums(int size) {
        sums = zeros(sums, size);
        return sums;
    }

    /// Zeros, for what rounding loses of [#sums].
    double[] carries(int size) {
        carries = zeros(carries, size);
        return carries;
    }

    private static double[] zeros(double[] array, int size) {
        if (array.length < size) {
            return new double[size];
        }
        Arrays.fill(array, 0, size, 0);
        return array;
    }
}
