package io.meridian.cli.demo;

import io.meridian.model.CounterResetHint;
import io.meridian.model.Histogram;
import io.meridian.model.Labels;
import io.meridian.model.Spans;
import java.util.ArrayList;
import java.util.List;

/// One series of the fleet as its targets expose it, and when it exists.
///
/// @param signals one for a float series; for a native histogram the cumulative counts per bucket boundary, ascending
/// @param bornMs  first slot, inclusive
/// @param diedMs  last slot, exclusive
record DemoSeries(Labels labels, Kind kind, List<Signal> signals, long bornMs, long diedMs) {
    private static final int BUCKET_FIRST = -7;
    private static final double ZERO_THRESHOLD = 0x1p-128;
    private static final double MEAN_SECONDS = 0.06;

    enum Kind {
        FLOAT,
        NATIVE_HISTOGRAM
    }

    DemoSeries {
        signals = List.copyOf(signals);
    }

    double valueAt(long slotMs) {
        return signals.getFirst().at(slotMs);
    }

    /// The histograms at successive slots.
    List<Histogram> histograms(long firstSlotMs, int count) {
        var columns = new double[signals.size()][count];
        for (int i = 0; i < columns.length; i++) {
            signals.get(i).fill(firstSlotMs, columns[i]);
        }
        var histograms = new ArrayList<Histogram>(count);
        for (int slot = 0; slot < count; slot++) {
            histograms.add(histogram(columns, slot));
        }
        return histograms;
    }

    /// Exponential buckets of schema 0, upper bounds 2^-7 to 1 and one more for the rest.
    private static Histogram histogram(double[][] cumulatives, int slot) {
        long[] deltas = new long[cumulatives.length];
        long below = 0;
        long before = 0;
        for (int i = 0; i < deltas.length; i++) {
            long cumulative = (long) cumulatives[i][slot];
            long count = cumulative - below;
            deltas[i] = count - before;
            below = cumulative;
            before = count;
        }
        return new Histogram(
                CounterResetHint.UNKNOWN,
                0,
                ZERO_THRESHOLD,
                0,
                below,
                below * MEAN_SECONDS,
                Spans.of(BUCKET_FIRST, deltas.length),
                deltas,
                Spans.NONE,
                new long[0],
                new double[0]);
    }

    /// Values of a float series at successive slots.
    void fill(long firstSlotMs, double[] target) {
        signals.getFirst().fill(firstSlotMs, target);
    }

    boolean livesIn(long fromMs, long toMs) {
        return bornMs < toMs && diedMs > fromMs;
    }
}
