package io.meridian.compactor.downsample;

/// The window walk over float samples. Static kernels on arrays; a CUDA twin does the same operations in the same
/// order.
final class FloatAggregator {
    /// What ∞ − ∞ is on amd64: the one NaN that aggregation itself can make.
    static final double COMPUTED_NAN = Double.longBitsToDouble(0xfff8000000000000L);

    /// For so many windows after one that has another number of samples than the one before, numbers are taken to vary.
    private static final int UNEVEN_WINDOWS = 16;

    /// What no counter of rising samples is.
    private static final double NOT_RISING = -1;

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

    /// The same without a branch per sample, window by window.
    private static void aggregateFinite(
            long[] times, double[] values, int from, int to, long resolutionMs, WindowColumns out) {
        long lastMs = times[to - 1];
        double counter = values[from];
        int length = 1;
        int uneven = 0;
        boolean rising = true;
        for (int i = from; i < to; ) {
            long endMs = Math.min(Windows.end(times[i], resolutionMs), lastMs);
            int near = Math.min(i + length, to);
            if (uneven > 0 && length > 2 && near < to - 1) {
                near = near(times, near, endMs);
            }
            int end = end(times, i, to, near, endMs);
            if (end - i != length) {
                length = end - i;
                uneven = UNEVEN_WINDOWS;
            } else if (uneven > 0) {
                uneven--;
            }
            if (i > from) {
                counter += increase(values[i - 1], values[i]);
            }
            double last = rising ? appendRising(values, i, end, counter, endMs, out) : NOT_RISING;
            rising = last >= 0;
            counter = rising ? last : append(values, i, end, counter, endMs, out);
            i = end;
        }
    }

    /// A window of a counter, or of anything else that neither falls nor is below zero: its first sample is the
    /// smallest, its last one the largest. Any other is not appended.
    ///
    /// @param firstCounter the counter at the first sample
    /// @return the counter at the last sample, or [#NOT_RISING]
    private static double appendRising(
            double[] values, int from, int to, double firstCounter, long endMs, WindowColumns out) {
        double first = values[from];
        double sum = 0.0 + first;
        double counter = firstCounter;
        double last = first;
        long signs = Double.doubleToRawLongBits(first);
        for (int i = from + 1; i < to; i++) {
            double value = values[i];
            double more = value - last;
            sum += value;
            counter += more;
            signs |= Double.doubleToRawLongBits(more);
            last = value;
        }
        if (signs < 0) {
            return NOT_RISING;
        }
        out.append(endMs, to - from, sum, first, last, counter);
        return counter;
    }

    /// Any window: minimum and maximum on the bits, which have the order of the numbers as long as none has a sign,
    /// and a mask in place of the counter's reset test.
    ///
    /// @param firstCounter the counter at the first sample
    /// @return the counter at the last sample
    private static double append(
            double[] values, int from, int to, double firstCounter, long endMs, WindowColumns out) {
        double counter = firstCounter;
        double previous = values[from];
        double sum = 0.0 + previous;
        long bits = Double.doubleToRawLongBits(previous);
        long minBits = bits;
        long maxBits = bits;
        long signs = bits;
        for (int i = from + 1; i < to; i++) {
            double value = values[i];
            sum += value;
            bits = Double.doubleToRawLongBits(value);
            minBits = Math.min(minBits, bits);
            maxBits = Math.max(maxBits, bits);
            signs |= bits;
            counter += increase(previous, value);
            previous = value;
        }
        double min = Double.longBitsToDouble(minBits);
        double max = Double.longBitsToDouble(maxBits);
        if (signs < 0) {
            min = min(values, from, to);
            max = max(values, from, to);
        }
        out.append(endMs, to - from, canonical(sum), min, max, canonical(counter));
        return counter;
    }

    /// Where the window probably ends if that is within two samples of `near`. Where times jitter, samples at a border
    /// fall on either side of it: counted without a branch, as no processor can guess them.
    private static int near(long[] times, int near, long endMs) {
        return near
                + 2
                - (int) ((endMs - times[near - 2] >>> 63)
                        + (endMs - times[near - 1] >>> 63)
                        + (endMs - times[near] >>> 63)
                        + (endMs - times[near + 1] >>> 63));
    }

    /// Where the window that begins at `from` ends: probably near where the one before would, as samples come evenly.
    private static int end(long[] times, int from, int to, int near, long endMs) {
        int end = near;
        while (end > from + 1 && times[end - 1] > endMs) {
            end--;
        }
        while (end < to && times[end] <= endMs) {
            end++;
        }
        return end;
    }

    /// `value < previous ? value : value - previous`, for finite numbers.
    private static double increase(double previous, double value) {
        long negative = Double.doubleToRawLongBits(value - previous) >> 63;
        return value - Double.longBitsToDouble(Double.doubleToRawLongBits(previous) & ~negative);
    }

    /// Order of the numbers, but -0 before +0.
    private static long orderKey(double value) {
        long bits = Double.doubleToRawLongBits(value);
        return bits ^ ((bits >> 63) >>> 1);
    }

    private static double fromOrderKey(long key) {
        return Double.longBitsToDouble(key ^ ((key >> 63) >>> 1));
    }

    /// Of zeros with and without a sign the first counts.
    private static double min(double[] values, int from, int to) {
        long key = Long.MAX_VALUE;
        for (int i = from; i < to; i++) {
            key = Math.min(key, orderKey(values[i]));
        }
        double min = fromOrderKey(key);
        return min == 0 ? firstZero(values, from, to) : min;
    }

    private static double max(double[] values, int from, int to) {
        long key = Long.MIN_VALUE;
        for (int i = from; i < to; i++) {
            key = Math.max(key, orderKey(values[i]));
        }
        double max = fromOrderKey(key);
        return max == 0 ? firstZero(values, from, to) : max;
    }

    private static double firstZero(double[] values, int from, int to) {
        int i = from;
        while (i < to - 1 && values[i] != 0) {
            i++;
        }
        return values[i];
    }

    static double canonical(double value) {
        return Double.isNaN(value) ? COMPUTED_NAN : value;
    }
}
