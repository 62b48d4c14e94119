package io.meridian.promql.exec;

import org.jspecify.annotations.Nullable;

/// The first of what goes wrong on several threads.
final class FirstFailure {
    private volatile @Nullable Throwable failure;

    synchronized void set(Throwable e) {
        if (failure == null) {
            failure = e;
        }
    }

    boolean isSet() {
        return failure != null;
    }

    void rethrow() {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }
}
