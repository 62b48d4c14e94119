package io.meridian.cli.demo;

import io.meridian.model.CounterResetHint;
import io.meridian.model.Histogram;
import io.meridian.model.Labels;
import io.meridian.model.Spans;
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

    /// The histogram at a slot: exponential buckets of schema 0, upper bounds 2^-7 to 1 and one more for the rest.
    Histogram histogramAt(long slotMs) {
        long[] deltas = new long[signals.size()];
        long below = 0;
        long before = 0;
        for (int i = 0; i < deltas.length; i++) {
            long cumulative = (long) signals.get(i).at(slotMs);
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

    boolean livesIn(long fromMs, long toMs) {
        return bornMs < toMs && diedMs > fromMs;
    }
}
