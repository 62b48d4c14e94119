package io.meridian.acceptance;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Waits for something to become true.
final class Await {
    private static final long POLL_NANOS = 200_000_000;

    private Await() {}

    /// The first answer of the condition that is not null.
    static <T> T value(String what, Duration timeout, Callable<@Nullable T> condition) throws Exception {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            T value = condition.call();
            if (value != null) {
                return value;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + timeout + " for " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    static void until(String what, Duration timeout, Callable<Boolean> condition) throws Exception {
        value(what, timeout, () -> condition.call() ? true : null);
    }
}
