package io.meridian.promql.exec;

/// What start times say about two successive samples; 0 is unknown.
final class StartTimes {
    private StartTimes() {}

    /// Whether the sample at the index starts after the one before it.
    static boolean isReset(long[] times, long[] startTimes, int index) {
        return isReset(times[index - 1], startTimes[index - 1], times[index], startTimes[index]);
    }

    static boolean isReset(long previous, long previousStart, long current, long start) {
        if (start == 0 || start >= current) {
            return false;
        }
        return start > previous
                || start == previous && previousStart != 0 && previousStart != previous && previousStart <= previous;
    }

    /// Whether the sample at the index claims to start before the one before it was taken.
    static boolean overlaps(long[] times, long[] startTimes, int index) {
        long start = startTimes[index];
        return start != 0 && start < times[index - 1] && start != startTimes[index - 1];
    }
}
