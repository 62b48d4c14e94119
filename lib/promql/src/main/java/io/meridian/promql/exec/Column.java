package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.StaleMarker;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One series over all steps: at each step a float, a histogram, or nothing.
///
/// A step without a float holds the bits of the stale marker, which no result ever has: selectors take it for
/// absence, and arithmetic makes another NaN of it. So one array is both values and presence.
final class Column {
    static final long ABSENT_BITS = StaleMarker.BITS;
    static final double ABSENT = StaleMarker.VALUE;

    final double[] values;

    /// Null if there are none; where an entry is set, the float is absent.
    @Nullable
    FloatHistogram @Nullable [] histograms;

    private @Nullable FloatHistogram @Nullable [] spare;

    Column(int steps) {
        values = new double[steps];
    }

    static boolean isAbsent(double value) {
        return Double.doubleToRawLongBits(value) == ABSENT_BITS;
    }

    int steps() {
        return values.length;
    }

    void clear() {
        Arrays.fill(values, ABSENT);
        histograms = null;
    }

    /// The histograms' column, made if there was none.
    @Nullable
    FloatHistogram[] requireHistograms() {
        if (histograms == null) {
            if (spare == null) {
                spare = new @Nullable FloatHistogram[values.length];
            } else {
                Arrays.fill(spare, null);
            }
            histograms = spare;
        }
        return histograms;
    }

    void dropHistograms() {
        histograms = null;
    }

    boolean isPresent(int step) {
        return !isAbsent(values[step]) || histograms != null && histograms[step] != null;
    }

    @Nullable
    FloatHistogram histogram(int step) {
        return histograms == null ? null : histograms[step];
    }

    void copyFrom(double[] otherValues, @Nullable FloatHistogram @Nullable [] otherHistograms) {
        System.arraycopy(otherValues, 0, values, 0, values.length);
        histograms = null;
        if (otherHistograms != null) {
            System.arraycopy(otherHistograms, 0, requireHistograms(), 0, values.length);
        }
    }

    static boolean isEmpty(double[] values, @Nullable FloatHistogram @Nullable [] histograms) {
        for (double value : values) {
            if (!isAbsent(value)) {
                return false;
            }
        }
        if (histograms != null) {
            for (FloatHistogram histogram : histograms) {
                if (histogram != null) {
                    return false;
                }
            }
        }
        return true;
    }
}
