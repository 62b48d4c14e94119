package io.meridian.model;

/// What is known about a counter reset between a histogram and the one before it in its series.
public enum CounterResetHint {
    /// Nothing is known: whoever needs it must compare the two.
    UNKNOWN,
    /// The counter was reset just before this histogram.
    RESET,
    /// No reset happened since the histogram before.
    NOT_RESET,
    /// The histogram is a gauge, resets have no meaning.
    GAUGE
}
