package io.meridian.compactor.plan;

import java.util.List;

/// The three resolutions, in milliseconds, and which one is made from which.
public final class Resolutions {
    public static final long RAW = 0;
    public static final long FIVE_MINUTES = 300_000;
    public static final long ONE_HOUR = 3_600_000;
    public static final List<Long> ALL = List.of(RAW, FIVE_MINUTES, ONE_HOUR);

    private Resolutions() {}

    public static boolean isKnown(long resolutionMs) {
        return ALL.contains(resolutionMs);
    }

    /// What is made from blocks of this resolution; -1 if nothing is.
    public static long coarser(long resolutionMs) {
        return resolutionMs == RAW ? FIVE_MINUTES : resolutionMs == FIVE_MINUTES ? ONE_HOUR : -1;
    }

    /// `raw`, `5m` or `1h`.
    public static String name(long resolutionMs) {
        return resolutionMs == RAW ? "raw" : resolutionMs == FIVE_MINUTES ? "5m" : "1h";
    }
}
