package io.meridian.compactor.lease;

import java.io.IOException;

/// Another compactor leads now: this one must not write or delete any more.
public final class LeaseLostException extends IOException {
    private static final long serialVersionUID = 1;

    LeaseLostException(String message) {
        super(message);
    }
}
