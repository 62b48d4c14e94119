package io.meridian.querier.http;

import io.meridian.model.Fault;
import java.util.Locale;

/// Kinds of errors and their status codes (Prometheus `web/api/v1`).
enum ErrorType {
    BAD_DATA(400),
    EXECUTION(422),
    CANCELED(499),
    TIMEOUT(503),
    INTERNAL(500),
    UNAVAILABLE(500),
    NOT_FOUND(404);

    private final int status;

    ErrorType(int status) {
        this.status = status;
    }

    int status() {
        return status;
    }

    /// As the envelope names it.
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ErrorType of(Fault fault) {
        return switch (fault) {
            case BAD_QUERY -> BAD_DATA;
            case EVALUATION, LIMIT_EXCEEDED, STORE_UNAVAILABLE, CORRUPT_BLOCK -> EXECUTION;
            case TIMED_OUT -> TIMEOUT;
            case CANCELLED -> CANCELED;
            case INTERNAL -> INTERNAL;
        };
    }
}
