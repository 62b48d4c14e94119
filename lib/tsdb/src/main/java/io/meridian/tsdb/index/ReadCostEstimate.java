package io.meridian.tsdb.index;

import java.util.function.Supplier;

/// What reading costs, measured: latency and rate of past reads, newer ones counting more. Thread-safe.
///
/// A read of `n` bytes takes `latency + n / rate`; the line through the past reads gives both. It begins at
/// [ReadCost#REMOTE]. The cost given out changes in steps of two, and only once the estimate is clearly on the other
/// side: ranges that were joined in one way are in caches in that way.
public final class ReadCostEstimate implements Supplier<ReadCost> {
    private static final double DECAY = 0.995;
    private static final double PRIOR_WEIGHT = 20;
    private static final double PRIOR_SECONDS = 0.030;
    private static final double PRIOR_BYTES_PER_SECOND = 50e6;
    private static final double PRIOR_BYTES = 1e6;

    private static final double LATENCY_SECONDS_MIN = 100e-6;
    private static final double LATENCY_SECONDS_MAX = 2;
    private static final double BYTES_PER_SECOND_MIN = 1e6;
    private static final double BYTES_PER_SECOND_MAX = 10e9;
    /// Reads of about the same length say nothing of the rate.
    private static final double SPREAD_BYTES_MIN = 32 << 10;

    private static final double STEP = 2;

    // Weighted sums over the reads: of ones, bytes, seconds, their products.
    private double weight;
    private double bytesSum;
    private double secondsSum;
    private double bytesSquared;
    private double bytesSeconds;

    private double latencySeconds = PRIOR_SECONDS;
    private double bytesPerSecond = PRIOR_BYTES_PER_SECOND;
    private volatile ReadCost cost = ReadCost.REMOTE;

    /// Knows nothing yet.
    public ReadCostEstimate() {
        add(PRIOR_WEIGHT, 0, PRIOR_SECONDS);
        add(PRIOR_WEIGHT, PRIOR_BYTES, PRIOR_SECONDS + PRIOR_BYTES / PRIOR_BYTES_PER_SECOND);
    }

    private void add(double w, double bytes, double seconds) {
        weight += w;
        bytesSum += w * bytes;
        secondsSum += w * seconds;
        bytesSquared += w * bytes * bytes;
        bytesSeconds += w * bytes * seconds;
    }

    /// A read that succeeded.
    public synchronized void observe(long nanos, long bytes) {
        weight *= DECAY;
        bytesSum *= DECAY;
        secondsSum *= DECAY;
        bytesSquared *= DECAY;
        bytesSeconds *= DECAY;
        add(1, (double) bytes, nanos / 1e9);

        double meanBytes = bytesSum / weight;
        double meanSeconds = secondsSum / weight;
        double variance = bytesSquared / weight - meanBytes * meanBytes;
        double covariance = bytesSeconds / weight - meanBytes * meanSeconds;
        if (variance > SPREAD_BYTES_MIN * SPREAD_BYTES_MIN) {
            double rate = covariance > 0 ? variance / covariance : BYTES_PER_SECOND_MAX;
            bytesPerSecond = Math.clamp(rate, BYTES_PER_SECOND_MIN, BYTES_PER_SECOND_MAX);
        }
        latencySeconds = Math.clamp(meanSeconds - meanBytes / bytesPerSecond, LATENCY_SECONDS_MIN, LATENCY_SECONDS_MAX);
        double gap = latencySeconds * bytesPerSecond;
        double used = (double) cost.gapBytesMax();
        if (gap > STEP * used || gap < used / STEP) {
            double step = Math.rint(Math.log(gap / (double) ReadCost.REMOTE.gapBytesMax()) / Math.log(STEP));
            long gapBytes = (long) ((double) ReadCost.REMOTE.gapBytesMax() * Math.pow(STEP, step));
            cost = new ReadCost(
                    Math.clamp(gapBytes, ReadCost.LOCAL.gapBytesMax(), ReadCost.REMOTE.partBytesMax()),
                    ReadCost.REMOTE.partBytesMax(),
                    ReadCost.REMOTE.parallel());
        }
    }

    /// For the planner of reads.
    @Override
    public ReadCost get() {
        return cost;
    }

    /// Time to the first byte.
    public synchronized double latencySeconds() {
        return latencySeconds;
    }

    /// Of one connection.
    public synchronized double bytesPerSecond() {
        return bytesPerSecond;
    }
}
