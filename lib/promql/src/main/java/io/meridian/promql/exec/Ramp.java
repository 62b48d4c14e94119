package io.meridian.promql.exec;

/// Multiples of a number, `step · i` from 0 on. Loops that read them are vectorized, those that multiply are not.
final class Ramp {
    private long[] multiples = {};
    private long step;
    private double[] doubles = {};
    private long doublesStep;

    /// At least so many.
    long[] of(long newStep, int count) {
        if (step != newStep || multiples.length < count) {
            multiples = multiples.length < count ? new long[count] : multiples;
            step = newStep;
            for (int i = 0; i < multiples.length; i++) {
                multiples[i] = newStep * i;
            }
        }
        return multiples;
    }

    /// The same as doubles, which are exact.
    double[] doubles(long newStep, int count) {
        if (doublesStep != newStep || doubles.length < count) {
            doubles = doubles.length < count ? new double[count] : doubles;
            doublesStep = newStep;
            for (int i = 0; i < doubles.length; i++) {
                doubles[i] = newStep * i;
            }
        }
        return doubles;
    }

    long retainedBytes() {
        return 8L * (multiples.length + doubles.length);
    }
}
