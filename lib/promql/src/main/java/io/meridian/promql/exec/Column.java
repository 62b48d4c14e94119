package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
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

    double[] values;

    /// Null if there are none; where an entry is set, the float is absent.
    @Nullable
    HistogramColumn histograms;

    private @Nullable HistogramColumn spare;

    Column(int steps) {
        this(new double[steps]);
    }

    /// A column that lies in an array, of the array's content.
    Column(double[] values) {
        this.values = values;
    }

    static boolean isAbsent(double value) {
        return Double.doubleToRawLongBits(value) == ABSENT_BITS;
    }

    int steps() {
        return values.length;
    }

    /// Lets another array, of any content, take the place of the values.
    ///
    /// @return the values
    double[] exchange(double[] others) {
        double[] made = values;
        values = others;
        return made;
    }

    void clear() {
        Arrays.fill(values, ABSENT);
        histograms = null;
    }

    /// The histograms' column, made if there was none.
    HistogramColumn requireHistograms() {
        HistogramColumn column = histograms;
        if (column == null) {
            column = spare;
            if (column == null) {
                column = new HistogramColumn(values.length);
                spare = column;
            } else {
                column.clear();
            }
            histograms = column;
        }
        return column;
    }

    void dropHistograms() {
        histograms = null;
    }

    /// Whether each step has a float.
    boolean isFull() {
        for (double value : values) {
            if (isAbsent(value)) {
                return false;
            }
        }
        return true;
    }

    boolean isPresent(int step) {
        return !isAbsent(values[step]) || hasHistogram(step);
    }

    boolean hasHistogram(int step) {
        return histograms != null && histograms.isPresent(step);
    }

    @Nullable
    FloatHistogram histogram(int step) {
        return histograms == null ? null : histograms.get(step);
    }

    void copyFrom(double[] otherValues, @Nullable HistogramColumn otherHistograms) {
        System.arraycopy(otherValues, 0, values, 0, values.length);
        histograms = null;
        if (otherHistograms != null) {
            requireHistograms().copyAll(otherHistograms);
        }
    }

    static boolean isEmpty(double[] values, @Nullable HistogramColumn histograms) {
        for (double value : values) {
            if (!isAbsent(value)) {
                return false;
            }
        }
        return histograms == null || histograms.isEmpty(values.length);
    }
}
