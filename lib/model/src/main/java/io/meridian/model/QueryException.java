package io.meridian.model;

import org.jspecify.annotations.Nullable;

/// A query that cannot be answered.
public class QueryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Fault fault;

    public QueryException(Fault fault, String message) {
        this(fault, message, null);
    }

    public QueryException(Fault fault, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
