package io.meridian.promql.exec;

import io.meridian.model.BucketLayout;
import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Spans;
import io.meridian.model.histogram.HistogramSum;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Sums or averages of the native histograms of one group by step, in the order of the series, compensated.
///
/// As long as they have the same schema, zero bucket and bounds, each step is a row of sums and one of what they have
/// lost, with places for all buckets that any series has; a missing one is an empty one here, as empty ones are taken
/// out in the end. A step where that is not so goes on as an object.
final class GroupHistograms {
    private static final int BUCKETS_MAX = 4_096;
    private static final int[] NO_PLACES = {};
    private static final CounterResetHint[] HINTS = CounterResetHint.values();
    private static final byte SAW_RESET = 1;
    private static final byte SAW_NOT_RESET = 2;

    private final boolean average;
    private final int steps;
    private final LongConsumer reserve;
    private final HistogramSum operand = new HistogramSum();

    /// Of the rows; its buckets lie one beside the other on each side.
    private @Nullable BucketLayout layout;

    private double[] sums = {};
    private double[] losses = {};
    private int width;

    /// How many histograms a row holds; 0 also where there is an object.
    private final int[] counts;

    private final byte[] hints;
    private final byte[] seen;
    private final boolean[] incompatible;
    private final boolean[] spoiling;
    private @Nullable HistogramMean @Nullable [] objects;

    private @Nullable BucketLayout placed;
    private int[] places = NO_PLACES;
    private boolean fits;

    /// @param reserve told the bytes that are taken
    GroupHistograms(boolean average, int steps, LongConsumer reserve) {
        this.average = average;
        this.steps = steps;
        this.reserve = reserve;
        counts = new int[steps];
        hints = new byte[steps];
        seen = new byte[steps];
        incompatible = new boolean[steps];
        spoiling = new boolean[steps];
    }

    /// Adds the histograms of one series. Returns whether all could be added.
    ///
    /// @param floats of all groups: where they came first, histograms only spoil them
    boolean add(HistogramColumn column, FloatAccumulator floats, int group) {
        boolean added = true;
        for (int k = 0; k < steps; k++) {
            if (!column.isPresent(k) || incompatible[k] || spoiling[k]) {
                continue;
            }
            HistogramMean object = objects == null ? null : objects[k];
            if (object == null) {
                if (counts[k] == 0 && floats.holdsFloat(group, k)) {
                    spoiling[k] = true;
                    continue;
                }
                BucketLayout next = column.layout(k);
                if (!next.equals(placed)) {
                    place(next);
                }
                if (fits && !(average && overflows(k, column))) {
                    addRow(k, column);
                    continue;
                }
            }
            if (!addObject(k, object, column)) {
                incompatible[k] = true;
                added = false;
            }
        }
        return added;
    }

    /// Finds the places of a layout's buckets in the rows, which may grow by it.
    private void place(BucketLayout next) {
        placed = next;
        fits = next.isRegular() && (layout == null || layout.hasSameScale(next)) && grow(next);
        if (!fits || layout == null) {
            return;
        }
        if (places.length != next.width() - HistogramColumn.BUCKETS) {
            places = new int[next.width() - HistogramColumn.BUCKETS];
        }
        int at = 0;
        for (int index : next.positive().indices()) {
            places[at++] = HistogramColumn.BUCKETS + index - first(layout.positive());
        }
        for (int index : next.negative().indices()) {
            places[at++] = HistogramColumn.BUCKETS + layout.positiveCount() + index - first(layout.negative());
        }
    }

    private static int first(Spans spans) {
        return spans.bucketCount() == 0 ? 0 : spans.indices()[0];
    }

    private boolean grow(BucketLayout next) {
        BucketLayout now = layout;
        if (now != null && covers(now.positive(), next.positive()) && covers(now.negative(), next.negative())) {
            return true;
        }
        Spans positive = union(now == null ? Spans.NONE : now.positive(), next.positive());
        Spans negative = union(now == null ? Spans.NONE : now.negative(), next.negative());
        if (positive == null || negative == null) {
            return false;
        }
        var grown = new BucketLayout(next.schema(), next.zeroThreshold(), positive, negative, next.customValues());
        int newWidth = grown.width();
        reserve.accept(16L * steps * (newWidth - width));
        double[] newSums = new double[steps * newWidth];
        double[] newLosses = new double[steps * newWidth];
        if (now != null) {
            int positiveAt = HistogramColumn.BUCKETS + first(now.positive()) - first(positive);
            int negativeAt = HistogramColumn.BUCKETS + positive.bucketCount() + first(now.negative()) - first(negative);
            for (int k = 0; k < steps; k++) {
                move(now, sums, k * width, newSums, k * newWidth, positiveAt, negativeAt);
                move(now, losses, k * width, newLosses, k * newWidth, positiveAt, negativeAt);
            }
        }
        sums = newSums;
        losses = newLosses;
        width = newWidth;
        layout = grown;
        return true;
    }

    /// Whether a run of buckets has all the other ones.
    private static boolean covers(Spans run, Spans other) {
        int count = other.bucketCount();
        if (count == 0) {
            return true;
        }
        int[] indices = other.indices();
        int first = first(run);
        return indices[0] >= first && indices[count - 1] < first + run.bucketCount();
    }

    private static void move(
            BucketLayout layout, double[] from, int row, double[] to, int newRow, int positiveAt, int negativeAt) {
        System.arraycopy(from, row, to, newRow, HistogramColumn.BUCKETS);
        int at = row + HistogramColumn.BUCKETS;
        if (layout.positiveCount() > 0) {
            System.arraycopy(from, at, to, newRow + positiveAt, layout.positiveCount());
        }
        if (layout.negativeCount() > 0) {
            System.arraycopy(from, at + layout.positiveCount(), to, newRow + negativeAt, layout.negativeCount());
        }
    }

    /// One span over the buckets of both; null if it would be too long.
    private static @Nullable Spans union(Spans a, Spans b) {
        if (b.bucketCount() == 0) {
            return a;
        }
        int[] indices = b.indices();
        int from = indices[0];
        int to = indices[indices.length - 1];
        if (a.bucketCount() > 0) {
            from = Math.min(from, first(a));
            to = Math.max(to, first(a) + a.bucketCount() - 1);
        }
        return (long) to - from < BUCKETS_MAX ? Spans.of(from, to - from + 1) : null;
    }

    /// Whether an average has to be taken in another way, because the sum would be infinite.
    private boolean overflows(int step, HistogramColumn column) {
        double[] numbers = column.numbers();
        int start = column.start(step);
        boolean first = counts[step] == 0;
        for (double bound : column.layout(step).customValues()) {
            if (Double.isInfinite(bound)) {
                return true;
            }
        }
        for (int j = 0; j < HistogramColumn.BUCKETS + places.length; j++) {
            double sum = sums[step * width + (j < HistogramColumn.BUCKETS ? j : places[j - HistogramColumn.BUCKETS])];
            double value = orZero(numbers[start + j]);
            if (Double.isInfinite(first ? value : sum + value)) {
                return true;
            }
        }
        return false;
    }

    private void addRow(int step, HistogramColumn column) {
        CounterResetHint hint = column.hint(step);
        seen[step] |= seen(hint);
        int row = step * width;
        if (counts[step]++ == 0) {
            hints[step] = (byte) hint.ordinal();
            start(column.numbers(), column.start(step), places, sums, row);
        } else {
            hints[step] = (byte) HistogramSum.merged(HINTS[hints[step]], hint).ordinal();
            add(column.numbers(), column.start(step), places, sums, losses, row);
        }
    }

    private static byte seen(CounterResetHint hint) {
        return switch (hint) {
            case RESET -> SAW_RESET;
            case NOT_RESET -> SAW_NOT_RESET;
            case UNKNOWN, GAUGE -> 0;
        };
    }

    private static void start(double[] numbers, int start, int[] places, double[] sums, int row) {
        System.arraycopy(numbers, start, sums, row, HistogramColumn.BUCKETS);
        int from = start + HistogramColumn.BUCKETS;
        for (int i = 0; i < places.length; i++) {
            sums[row + places[i]] = orZero(numbers[from + i]);
        }
    }

    private static void add(double[] numbers, int start, int[] places, double[] sums, double[] losses, int row) {
        for (int j = 0; j < HistogramColumn.BUCKETS; j++) {
            add(numbers[start + j], sums, losses, row + j);
        }
        int from = start + HistogramColumn.BUCKETS;
        for (int i = 0; i < places.length; i++) {
            add(orZero(numbers[from + i]), sums, losses, row + places[i]);
        }
    }

    /// The number, or 0 for that of a missing bucket, without a branch.
    private static double orZero(double number) {
        long difference = Double.doubleToRawLongBits(number) ^ Column.ABSENT_BITS;
        long present = (difference | -difference) >> 63;
        return Double.longBitsToDouble(Double.doubleToRawLongBits(number) & present);
    }

    private static void add(double x, double[] sums, double[] losses, int at) {
        double sum = sums[at];
        double next = sum + x;
        double lost = Math.abs(sum) >= Math.abs(x) ? (sum - next) + x : (x - next) + sum;
        losses[at] = Double.isInfinite(next) ? 0 : losses[at] + lost;
        sums[at] = next;
    }

    /// Adds to an object, which takes over from the row if there is none yet. Returns whether that was possible.
    private boolean addObject(int step, @Nullable HistogramMean known, HistogramColumn column) {
        FloatHistogram histogram = column.get(step);
        if (histogram == null) {
            return true;
        }
        HistogramMean mean = known;
        if (mean == null) {
            if (objects == null) {
                objects = new @Nullable HistogramMean[steps];
            }
            mean = new HistogramMean(average);
            objects[step] = mean;
            if (counts[step] == 0) {
                mean.start(histogram);
                return true;
            }
            mean.resume(
                    rowLayout(),
                    HINTS[hints[step]],
                    sums,
                    losses,
                    step * width,
                    counts[step],
                    (seen[step] & SAW_RESET) != 0,
                    (seen[step] & SAW_NOT_RESET) != 0);
            counts[step] = 0;
        }
        return mean.add(histogram, operand);
    }

    private BucketLayout rowLayout() {
        BucketLayout now = layout;
        if (now == null) {
            throw new IllegalStateException("no row was added");
        }
        return now;
    }

    private @Nullable HistogramMean object(int step) {
        return objects == null ? null : objects[step];
    }

    boolean isPresent(int step) {
        return counts[step] > 0 || spoiling[step] || object(step) != null;
    }

    boolean isIncompatible(int step) {
        return incompatible[step];
    }

    /// Whether some histogram was a reset, and another one none.
    boolean hasCollision(int step) {
        HistogramMean mean = object(step);
        return mean == null ? seen[step] == (SAW_RESET | SAW_NOT_RESET) : mean.hasCollision();
    }

    boolean isReconciled(int step) {
        HistogramMean mean = object(step);
        return mean != null && mean.isReconciled();
    }

    /// The results; called once, at the end, as the rows become part of it.
    ///
    /// @param dropped steps that have none
    HistogramColumn results(boolean[] dropped) {
        var present = new @Nullable CounterResetHint[steps];
        for (int k = 0; k < steps; k++) {
            if (counts[k] > 0 && !dropped[k]) {
                finish(k * width, counts[k]);
                present[k] = HINTS[hints[k]];
            }
        }
        BucketLayout rows = layout;
        HistogramColumn results =
                rows == null ? new HistogramColumn(steps) : HistogramColumn.ofRows(rows, present, sums, true);
        for (int k = 0; objects != null && k < steps; k++) {
            HistogramMean mean = objects[k];
            if (mean != null && !dropped[k]) {
                results.set(k, mean.result(true));
            }
        }
        return results;
    }

    private void finish(int row, int count) {
        for (int at = row; at < row + width; at++) {
            double value = sums[at];
            boolean bucket = at >= row + HistogramColumn.BUCKETS;
            double loss = losses[at];
            if (average) {
                value /= count;
                loss /= count;
            }
            if (count > 1) {
                value += loss;
            }
            sums[at] = bucket && value == 0 ? HistogramColumn.MISSING : value;
        }
    }
}
