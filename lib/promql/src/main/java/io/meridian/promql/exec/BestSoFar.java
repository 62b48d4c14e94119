package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// topk and bottomk over many steps: the best samples so far of each group at each step, so that the input need not be
/// held. The series come in their order, so what stays among equals is what a heap over all of them would keep.
final class BestSoFar {
    /// More heaps than this are not worth it.
    static final int HEAPS_MAX = 1 << 14;

    private final boolean largest;
    private final int steps;
    private final int[] counts;
    private final @Nullable ValueHeap[] heaps;
    private final int[][] members;

    /// What a sample has to beat, by group and step; NaN as long as there is room.
    private final double[] bars;

    private boolean sawHistogram;

    /// @param parameters how many are wanted, by step
    BestSoFar(boolean largest, int groups, int groupSizeMax, double[] parameters) {
        this.largest = largest;
        this.steps = parameters.length;
        counts = new int[steps];
        for (int k = 0; k < steps; k++) {
            counts[k] = (int) Math.min(groupSizeMax, Math.max(0, (long) parameters[k]));
        }
        heaps = new @Nullable ValueHeap[groups * steps];
        members = new int[groups * steps][];
        bars = new double[groups * steps];
        Arrays.fill(bars, Double.NaN);
    }

    boolean sawHistogram() {
        return sawHistogram;
    }

    /// Most samples that may have to be kept.
    static long heldMax(int groups, int groupSizeMax, double[] parameters) {
        double held = 0;
        for (double parameter : parameters) {
            held += Math.min(groupSizeMax, Math.max(0, parameter));
        }
        return (long) (groups * held);
    }

    void add(int series, int group, Column column) {
        double[] values = column.values;
        int base = group * steps;
        for (int k = 0; k < steps; k++) {
            double value = values[k];
            double bar = bars[base + k];
            if (largest ? value <= bar : value >= bar) {
                continue;
            }
            if (!Column.isAbsent(value)) {
                offer(base + k, counts[k], series, value);
            }
        }
        if (column.histograms != null) {
            lookForHistogram(column);
        }
    }

    private void lookForHistogram(Column column) {
        for (int k = 0; k < steps && !sawHistogram; k++) {
            sawHistogram = counts[k] > 0 && column.histogram(k) != null;
        }
    }

    private void offer(int place, int count, int series, double value) {
        if (count == 0) {
            return;
        }
        ValueHeap heap = heaps[place];
        if (heap == null) {
            members[place] = new int[count];
            heap = new ValueHeap(members[place], largest);
            heaps[place] = heap;
        }
        if (heap.size() < count) {
            heap.push(series, value);
        } else {
            heap.replaceRootIfBetter(series, value);
        }
        if (heap.size() == count) {
            bars[place] = heap.value(0);
        }
    }

    /// The chosen samples, in the series' order; series of which none was chosen are left out.
    Materialized result(VectorStream input) {
        double[] @Nullable [] columns = new double[input.size()] @Nullable [];
        int chosen = 0;
        for (int place = 0; place < heaps.length; place++) {
            ValueHeap heap = heaps[place];
            for (int i = 0; heap != null && i < heap.size(); i++) {
                double[] column = columns[members[place][i]];
                if (column == null) {
                    column = new double[steps];
                    Arrays.fill(column, Column.ABSENT);
                    columns[members[place][i]] = column;
                    chosen++;
                }
                column[place % steps] = heap.value(i);
            }
        }
        var labels = new Labels[chosen];
        boolean[] marks = input.marks() == null ? null : new boolean[chosen];
        double[][] values = new double[chosen][];
        int at = 0;
        for (int series = 0; series < columns.length; series++) {
            double[] column = columns[series];
            if (column != null) {
                labels[at] = input.labels(series);
                if (marks != null) {
                    marks[at] = input.isMarked(series);
                }
                values[at++] = column;
            }
        }
        return new Materialized(input.grid, labels, marks, values, new @Nullable HistogramColumn[chosen]);
    }
}
