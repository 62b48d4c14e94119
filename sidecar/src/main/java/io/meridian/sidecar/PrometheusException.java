package io.meridian.sidecar;

import java.io.IOException;

/// Prometheus answered, but not what was asked for.
final class PrometheusException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    PrometheusException(int status, String message) {
        super(message);
        this.status = status;
    }

    /// HTTP status.
    int status() {
        return status;
    }
}
