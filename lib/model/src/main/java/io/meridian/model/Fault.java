package io.meridian.model;

/// Whose fault a failure is, so that it maps to a status code and a metric without parsing text.
public enum Fault {
    BAD_QUERY,
    /// The query is legal but cannot be evaluated on this data (many-to-many matching, duplicate series).
    EVALUATION,
    LIMIT_EXCEEDED,
    STORE_UNAVAILABLE,
    CORRUPT_BLOCK,
    TIMED_OUT,
    CANCELLED,
    INTERNAL
}
