package io.meridian.model;

import java.util.concurrent.atomic.AtomicLong;

/// Bytes that the queries of a process hold together, and how many they may hold. Thread-safe.
public final class ByteBudget {
    private final long bytesMax;
    private final AtomicLong held = new AtomicLong();

    public ByteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    public static ByteBudget unlimited() {
        return new ByteBudget(Long.MAX_VALUE);
    }

    public long bytesMax() {
        return bytesMax;
    }

    public long bytesHeld() {
        return held.get();
    }

    /// Counts bytes in, or out again where negative. Returns how many are held now.
    long add(long bytes) {
        return held.addAndGet(bytes);
    }
}
