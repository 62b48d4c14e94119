package io.meridian.promql;

/// What a query cost, counted as Prometheus counts.
public final class QueryStats {
    private final long peakSamples;
    private final long[] queryablePerStep;
    private final long[] readPerStep;

    /// @param peakSamples      most samples held at once
    /// @param queryablePerStep samples that each step looked at
    /// @param readPerStep      samples that each step was the first to look at
    public QueryStats(long peakSamples, long[] queryablePerStep, long[] readPerStep) {
        this.peakSamples = peakSamples;
        this.queryablePerStep = queryablePerStep;
        this.readPerStep = readPerStep;
    }

    public long totalQueryableSamples() {
        return sum(queryablePerStep);
    }

    public long samplesRead() {
        return sum(readPerStep);
    }

    public long peakSamples() {
        return peakSamples;
    }

    public long[] totalQueryableSamplesPerStep() {
        return queryablePerStep;
    }

    public long[] samplesReadPerStep() {
        return readPerStep;
    }

    private static long sum(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }
}
