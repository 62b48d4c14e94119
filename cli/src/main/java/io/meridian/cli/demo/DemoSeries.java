package io.meridian.cli.demo;

import io.meridian.model.Labels;
import java.util.List;

/// One series of the fleet as its targets expose it, and when it exists.
///
/// @param signals one for a float series; for a native histogram the cumulative counts per bucket boundary, ascending
/// @param bornMs  first slot, inclusive
/// @param diedMs  last slot, exclusive
record DemoSeries(Labels labels, Kind kind, List<Signal> signals, long bornMs, long diedMs) {
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

    boolean livesIn(long fromMs, long toMs) {
        return bornMs < toMs && diedMs > fromMs;
    }
}
