package io.meridian.promql.exec;

import io.meridian.model.BucketLayout;
import io.meridian.model.CounterResetHint;
import io.meridian.model.HistogramColumn;
import io.meridian.promql.plan.RangeFunction;

/// rate, increase and delta over native histograms that all have the same buckets, which is the usual case: arithmetic
/// of rows, with the same roundings as [HistogramRate].
final class RowRate {
    private static final long MISSING_BITS = Double.doubleToRawLongBits(HistogramColumn.MISSING);

    private boolean[] resets = {};

    /// Number of gauges before each sample.
    private int[] gauges = {};

    /// Bytes that are held.
    long retainedBytes() {
        return resets.length + 4L * gauges.length;
    }

    /// Whether all samples, which are histograms, have one layout that allows it.
    static boolean applies(HistogramColumn column, int size) {
        BucketLayout layout = column.layout(0);
        if (!layout.isRegular()) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (!column.layout(i).equals(layout) || column.isSparse(i)) {
                return false;
            }
        }
        return true;
    }

    void fill(
            Windows w,
            HistogramColumn column,
            RangeFunction function,
            int series,
            RangeAnnotations annotations,
            Column target) {
        boolean counter = function != RangeFunction.DELTA;
        double rangeSeconds = function == RangeFunction.RATE ? w.rangeSeconds() : 0;
        prepare(column, w.size, counter);
        BucketLayout layout = column.layout(0);
        int width = layout.width();
        for (int k = 0; k < w.steps; k++) {
            int from = w.from[k];
            int last = w.to[k] - 1;
            if (last <= from) {
                continue;
            }
            int gaugeCount = gauges[last + 1] - gauges[from];
            if (counter && gaugeCount > 0) {
                annotations.notCounter(series);
            }
            if (!counter
                    && (column.hint(from) != CounterResetHint.GAUGE || column.hint(last) != CounterResetHint.GAUGE)) {
                annotations.notGauge(series);
            }
            HistogramColumn results = target.requireHistograms();
            int row = results.add(k, layout.normal(), CounterResetHint.GAUGE, false);
            double[] result = results.numbers();
            difference(column, from, last, result, row, width);
            double first = column.count(from);
            double count = result[row + HistogramColumn.COUNT];
            double factor = RateKernel.factor(
                    w.endMs(k),
                    w.rangeMs,
                    w.times[from],
                    w.times[last],
                    last - from,
                    counter && count > 0 && first >= 0 ? first / count : -1,
                    counter,
                    rangeSeconds,
                    0);
            long present = scale(result, row, width, factor);
            if (present != -1) {
                results.markSparse(k, present);
            }
        }
    }

    /// Last less first, and what was lost in resets.
    private void difference(HistogramColumn column, int from, int last, double[] result, int row, int width) {
        double[] numbers = column.numbers();
        int lastRow = column.start(last);
        int next = from + 1;
        if (resets[next]) {
            System.arraycopy(numbers, lastRow, result, row, width);
            next++;
        } else {
            subtract(numbers, lastRow, column.start(from), result, row, width);
        }
        for (int i = next; i <= last; i++) {
            if (resets[i]) {
                int before = column.start(i - 1);
                for (int j = 0; j < width; j++) {
                    result[row + j] += numbers[before + j];
                }
            }
        }
    }

    private static void subtract(double[] numbers, int last, int first, double[] result, int row, int width) {
        for (int j = 0; j < width; j++) {
            result[row + j] = numbers[last + j] + -numbers[first + j];
        }
    }

    /// Takes out empty buckets and multiplies. Returns -1 if there were none, else a bit for each bucket that is left,
    /// of no meaning if there are more than 64.
    private static long scale(double[] result, int row, int width, double factor) {
        for (int j = 0; j < HistogramColumn.BUCKETS; j++) {
            result[row + j] *= factor;
        }
        long allPopulated = -1;
        long present = 0;
        int at = row + HistogramColumn.BUCKETS;
        for (int j = 0; j < width - HistogramColumn.BUCKETS; j++) {
            double value = result[at + j];
            // a choice by masks: which buckets are empty cannot be predicted
            long magnitude = Double.doubleToRawLongBits(value) << 1;
            long populated = (magnitude | -magnitude) >> 63;
            long scaled = Double.doubleToRawLongBits(value * factor);
            result[at + j] = Double.longBitsToDouble(scaled & populated | MISSING_BITS & ~populated);
            allPopulated &= populated;
            present |= populated & 1L << j;
        }
        if (allPopulated != 0) {
            return -1;
        }
        return width - HistogramColumn.BUCKETS <= Long.SIZE ? present : 0;
    }

    private void prepare(HistogramColumn column, int size, boolean counter) {
        if (gauges.length <= size) {
            gauges = new int[2 * size + 1];
            resets = new boolean[2 * size + 1];
        }
        for (int i = 0; i < size; i++) {
            CounterResetHint hint = column.hint(i);
            gauges[i + 1] = gauges[i] + (hint == CounterResetHint.GAUGE ? 1 : 0);
            resets[i] = counter
                    && i > 0
                    && hint != CounterResetHint.NOT_RESET
                    && (hint == CounterResetHint.RESET || fell(column, i));
        }
    }

    /// Whether any count is smaller than in the sample before.
    private static boolean fell(HistogramColumn column, int index) {
        double[] numbers = column.numbers();
        int now = column.start(index);
        int before = column.start(index - 1);
        int width = column.layout(index).width();
        for (int j = 0; j < width; j++) {
            if (j != HistogramColumn.SUM && numbers[now + j] < numbers[before + j]) {
                return true;
            }
        }
        return false;
    }
}
