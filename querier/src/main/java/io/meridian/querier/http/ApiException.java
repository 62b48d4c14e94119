package io.meridian.querier.http;

import io.meridian.model.QueryException;

/// A request that is answered with an error.
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorType type;

    ApiException(ErrorType type, String message) {
        super(message);
        this.type = type;
    }

    static ApiException badData(String message) {
        return new ApiException(ErrorType.BAD_DATA, message);
    }

    /// A parameter that does not make sense, in the words that Prometheus has for most of them.
    static ApiException invalidParameter(String name, String why) {
        return badData("invalid parameter \"" + name + "\": " + why);
    }

    /// What a failed query is to its client.
    static ApiException of(QueryException failure) {
        String message = failure.getMessage();
        return new ApiException(ErrorType.of(failure.fault()), message == null ? failure.toString() : message);
    }

    ErrorType type() {
        return type;
    }
}
