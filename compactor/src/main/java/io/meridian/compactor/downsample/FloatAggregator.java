package io.meridian.compactor.downsample;

/// The window walk over float samples. Static kernels on arrays; a CUDA twin does the same operations in the same
/// order.
final class FloatAggregator {
    /// What ∞ − ∞ is on amd64: the one NaN that aggregation itself can make.
    static final double COMPUTED_NAN = Double.longBitsToDouble(0xfff8000000000000L);

    private FloatAggregator() {}

    /// Aggregates the samples `[from, to)` into the windows of one chunk. Raw NaN are to be left out before.
    ///
    /// @param finite whether none of the samples is infinite or NaN, which permits the kernel without branches
    static void aggregate(
            long[] times, double[] values, int from, int to, long resolutionMs, boolean finite, WindowColumns out) {
        out.clear();
        out.firstTimeMs = times[from];
        out.firstValue = values[from];
        out.lastValue = values[to - 1];
        if (finite) {
            aggregateFinite(times, values, from, to, resolutionMs, out);
        } else {
            aggregateAny(times, values, from, to, resolutionMs, out);
        }
    }

    /// The plain form of the definition.
    private static void aggregateAny(
            long[] times, double[] values, int from, int to, long resolutionMs, WindowColumns out) {
        long lastMs = times[to - 1];
        double counter = 0;
        double previous = 0;
        for (int i = from; i < to; ) {
            long endMs = Math.min(Windows.end(times[i], resolutionMs), lastMs);
            int first = i;
            double sum = 0;
            double min = Double.MAX_VALUE;
            double max = -Double.MAX_VALUE;
            do {
                double value = values[i];
                sum += value;
                if (value < min) {
                    min = value;
                }
                if (value > max) {
                    max = value;
                }
                if (i == from) {
                    counter = value;
                } else if (value < previous) {
                    counter += value;
                } else {
                    counter += value - previous;
                }
                previous = value;
                i++;
            } while (i < to && times[i] <= endMs);
            out.append(endMs, i - first, canonical(sum), min, max, canonical(counter));
        }
    }

    /// The same without a branch per sample: minimum and maximum on the bits in their integer order, and a mask in
    /// place of the counter's reset test.
    private static void aggregateFinite(
            long[] times, double[] values, int from, int to, long resolutionMs, WindowColumns out) {
        long lastMs = times[to - 1];
        double counter = values[from];
        double previous = values[from];
        for (int i = from; i < to; ) {
            long endMs = Math.min(Windows.end(times[i], resolutionMs), lastMs);
            int end = i + 1;
            while (end < to && times[end] <= endMs) {
                end++;
            }
            double value = values[i];
            if (i > from) {
                counter += increase(previous, value);
            }
            double sum = 0.0 + value;
            long minKey = orderKey(value);
            long maxKey = minKey;
            previous = value;
            for (int k = i + 1; k < end; k++) {
                value = values[k];
                sum += value;
                long key = orderKey(value);
                minKey = Math.min(minKey, key);
                maxKey = Math.max(maxKey, key);
                counter += increase(previous, value);
                previous = value;
            }
            double min = fromOrderKey(minKey);
            double max = fromOrderKey(maxKey);
            // The keys order -0 before +0, comparison does not: there the first zero of the window stays.
            if ((min == 0 && minKey < 0) || (max == 0 && minKey < 0)) {
                min = firstMin(values, i, end);
                max = firstMax(values, i, end);
            }
            out.append(endMs, end - i, canonical(sum), min, max, canonical(counter));
            i = end;
        }
    }

    /// `value < previous ? value : value - previous`, for finite numbers.
    private static double increase(double previous, double value) {
        long negative = Double.doubleToRawLongBits(value - previous) >> 63;
        return value - Double.longBitsToDouble(Double.doubleToRawLongBits(previous) & ~negative);
    }

    private static long orderKey(double value) {
        long bits = Double.doubleToRawLongBits(value);
        return bits ^ ((bits >> 63) >>> 1);
    }

    private static double fromOrderKey(long key) {
        return Double.longBitsToDouble(key ^ ((key >> 63) >>> 1));
    }

    private static double firstMin(double[] values, int from, int to) {
        double min = Double.MAX_VALUE;
        for (int i = from; i < to; i++) {
            if (values[i] < min) {
                min = values[i];
            }
        }
        return min;
    }

    private static double firstMax(double[] values, int from, int to) {
        double max = -Double.MAX_VALUE;
        for (int i = from; i < to; i++) {
            if (values[i] > max) {
                max = values[i];
            }
        }
        return max;
    }

    static double canonical(double value) {
        return Double.isNaN(value) ? COMPUTED_NAN : value;
    }
}
