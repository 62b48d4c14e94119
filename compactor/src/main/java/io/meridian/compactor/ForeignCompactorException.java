package io.meridian.compactor;

import java.io.IOException;

/// Another program's compactor works on the bucket.
public final class ForeignCompactorException extends IOException {
    private static final long serialVersionUID = 1;

    ForeignCompactorException(String message) {
        super(message);
    }
}
