package io.meridian.model;

/// A range of time in milliseconds since the epoch, both ends inclusive.
public record TimeRange(long minMs, long maxMs) {
    public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

    public boolean contains(long timeMs) {
        return minMs <= timeMs && timeMs <= maxMs;
    }

    public boolean overlaps(TimeRange other) {
        return minMs <= other.maxMs && other.minMs <= maxMs;
    }

    /// What both ranges share; empty (min above max) where they share nothing.
    public TimeRange intersect(TimeRange other) {
        return new TimeRange(Math.max(minMs, other.minMs), Math.min(maxMs, other.maxMs));
    }

    public boolean isEmpty() {
        return minMs > maxMs;
    }
}
