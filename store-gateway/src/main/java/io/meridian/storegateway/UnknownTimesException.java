package io.meridian.storegateway;

import io.meridian.model.CorruptDataException;

/// A block has no samples where its meta.json says that they are.
final class UnknownTimesException extends CorruptDataException {
    private static final long serialVersionUID = 1;

    UnknownTimesException(String resource, String detail) {
        super(resource, -1, detail);
    }
}
