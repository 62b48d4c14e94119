package io.meridian.promql;

import io.meridian.model.SelectHints;

/// One query: text and the steps at which it is evaluated.
///
/// @param startMs    first step
/// @param endMs      no step lies after it
/// @param stepMs     distance of steps; at least 1
/// @param instant    whether one vector at `startMs` is wanted (then `endMs == startMs`)
/// @param lookbackMs lookback of this query; not above 0: the engine's
/// @param hints      what every select asks of the source beside the plan's own hints (downsampling)
/// @param countsAll  whether the statistics must be Prometheus': what the answer does not need is then read for them
public record QueryRequest(
        String text,
        long startMs,
        long endMs,
        long stepMs,
        boolean instant,
        long lookbackMs,
        SelectHints hints,
        boolean countsAll) {
    public QueryRequest {
        if (stepMs < 1) {
            throw new IllegalArgumentException("step must be positive: stepMs=" + stepMs);
        }
        if (endMs < startMs) {
            throw new IllegalArgumentException(
                    "end must not be before start: startMs=%d, endMs=%d".formatted(startMs, endMs));
        }
    }

    public static QueryRequest instant(String text, long timeMs) {
        return new QueryRequest(text, timeMs, timeMs, 1, true, 0, SelectHints.NONE, true);
    }

    public static QueryRequest range(String text, long startMs, long endMs, long stepMs) {
        return new QueryRequest(text, startMs, endMs, stepMs, false, 0, SelectHints.NONE, true);
    }

    public QueryRequest withLookbackMs(long newLookbackMs) {
        return new QueryRequest(text, startMs, endMs, stepMs, instant, newLookbackMs, hints, countsAll);
    }

    /// With the downsampling part of the hints.
    public QueryRequest withHints(SelectHints newHints) {
        return new QueryRequest(text, startMs, endMs, stepMs, instant, lookbackMs, newHints, countsAll);
    }

    /// With statistics that must be Prometheus', or need not.
    public QueryRequest countingAll(boolean newCountsAll) {
        return new QueryRequest(text, startMs, endMs, stepMs, instant, lookbackMs, hints, newCountsAll);
    }
}
