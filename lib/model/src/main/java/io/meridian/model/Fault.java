package io.meridian.model;

/// Whose fault a failure is, so that it maps to a status code and a metric without parsing text.
public enum Fault {
    BAD_QUERY,
    LIMIT_EXCEEDED,
    STORE_UNAVAILABLE,
    CORRUPT_BLOCK,
    TIMED_OUT,
    CANCELLED,
    INTERNAL
}
