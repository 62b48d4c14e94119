package io.meridian.querier.dedup;

import io.meridian.model.SampleBuffer;

/// Thanos' penalty algorithm over two replicas' columns (`pkg/dedup/iter.go`): stays with one replica and holds the
/// other back, so that two scrapes of the same moment do not both count.
///
/// After each sample the replica that was not taken must be later than it by a penalty: twice the distance of the last
/// two samples, or [#INITIAL_PENALTY_MS] at the beginning. So a single missed scrape does not switch, an outage does.
final class PenaltyMerge {
    static final long INITIAL_PENALTY_MS = 5000;

    private PenaltyMerge() {}

    /// Appends the samples chosen from `a` and `b` to `target`.
    ///
    /// @param adjust lift a replica that is behind when it takes over, by what it is behind: a counter never falls
    static void merge(SampleBuffer a, SampleBuffer b, boolean adjust, SampleBuffer target) {
        long[] timesA = a.times();
        long[] timesB = b.times();
        double[] valuesA = a.values();
        double[] valuesB = b.values();
        int countA = a.size();
        int countB = b.size();
        int i = 0;
        int j = 0;
        long lastMs = Long.MIN_VALUE;
        boolean started = false;
        boolean useA = true;
        boolean lastFromA = true;
        long penaltyA = 0;
        long penaltyB = 0;
        double liftA = 0;
        double liftB = 0;
        target.ensure(countA + countB);
        while (true) {
            boolean usedA = useA;
            double lastValue = 0;
            boolean lastKnown = false;
            if (adjust && (useA ? i < countA && isFloat(a, i) : j < countB && isFloat(b, j))) {
                lastKnown = true;
                lastValue = lastFromA ? valuesA[i] + liftA : valuesB[j] + liftB;
            }
            if (started) {
                long atLeastA = lastMs + 1 + penaltyA;
                while (i < countA && timesA[i] < atLeastA) {
                    i++;
                }
                long atLeastB = lastMs + 1 + penaltyB;
                while (j < countB && timesB[j] < atLeastB) {
                    j++;
                }
            }
            boolean hasA = i < countA;
            boolean hasB = j < countB;
            if (!hasA && !hasB) {
                return;
            }
            if (hasA && hasB) {
                useA = timesA[i] <= timesB[j];
                long time = useA ? timesA[i] : timesB[j];
                long penalty = started ? 2 * (time - lastMs) : INITIAL_PENALTY_MS;
                penaltyA = useA ? 0 : penalty;
                penaltyB = useA ? penalty : 0;
            } else {
                useA = hasA;
                penaltyA = hasA ? 0 : penaltyA;
                penaltyB = hasA ? penaltyB : 0;
            }
            lastMs = useA ? timesA[i] : timesB[j];
            lastFromA = useA;
            started = true;
            if (lastKnown && useA != usedA) {
                if (hasA && isFloat(a, i)) {
                    liftA += behind(lastValue, valuesA[i] + liftA);
                }
                if (hasB && isFloat(b, j)) {
                    liftB += behind(lastValue, valuesB[j] + liftB);
                }
            }
            target.append(useA ? a : b, useA ? i : j);
            if (adjust && isFloat(useA ? a : b, useA ? i : j)) {
                target.values()[target.size() - 1] += useA ? liftA : liftB;
            }
        }
    }

    private static double behind(double last, double value) {
        return last > value ? last - value : 0;
    }

    private static boolean isFloat(SampleBuffer buffer, int index) {
        var histograms = buffer.histograms();
        return histograms == null || !histograms.isPresent(index);
    }
}
