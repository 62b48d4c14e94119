package io.meridian.promql.plan;

/// The times at which something is evaluated: `startMs`, `startMs + stepMs`, … up to `endMs`.
public record Grid(long startMs, long endMs, long stepMs) {
    public Grid {
        if (stepMs < 1) {
            throw new IllegalArgumentException("step must be positive: stepMs=" + stepMs);
        }
    }

    public static Grid at(long timeMs) {
        return new Grid(timeMs, timeMs, 1);
    }

    /// Number of steps; 0 if the end lies before the start.
    public int steps() {
        return endMs < startMs ? 0 : Math.toIntExact((endMs - startMs) / stepMs + 1);
    }

    public long timeMs(int step) {
        return startMs + step * stepMs;
    }
}
