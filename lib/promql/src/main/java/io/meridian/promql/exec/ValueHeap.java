package io.meridian.promql.exec;

/// A binary heap of series by value, worst first, with the steps of Go's `container/heap`: which of equals stays, and
/// in which order they lie, follows from them.
final class ValueHeap {
    private final int[] series;
    private final boolean largest;
    private double[] values = new double[8];
    private int size;

    /// @param series  where the series are kept, from index 0
    /// @param largest whether large values are better
    ValueHeap(int[] series, boolean largest) {
        this.series = series;
        this.largest = largest;
    }

    int size() {
        return size;
    }

    /// The value that lies at an index; the worst at 0.
    double value(int index) {
        return values[index];
    }

    private boolean worse(double a, double b) {
        return Double.isNaN(a) || (largest ? a < b : a > b);
    }

    void push(int newSeries, double value) {
        if (size == values.length) {
            values = java.util.Arrays.copyOf(values, 2 * size);
        }
        series[size] = newSeries;
        values[size] = value;
        int child = size++;
        while (child > 0) {
            int parent = (child - 1) / 2;
            if (!worse(values[child], values[parent])) {
                return;
            }
            swap(child, parent);
            child = parent;
        }
    }

    void replaceRootIfBetter(int newSeries, double value) {
        double root = values[0];
        boolean better = (largest ? root < value : root > value) || Double.isNaN(root) && !Double.isNaN(value);
        if (!better) {
            return;
        }
        series[0] = newSeries;
        values[0] = value;
        int parent = 0;
        while (true) {
            int child = 2 * parent + 1;
            if (child >= size) {
                return;
            }
            if (child + 1 < size && worse(values[child + 1], values[child])) {
                child++;
            }
            if (!worse(values[child], values[parent])) {
                return;
            }
            swap(child, parent);
            parent = child;
        }
    }

    private void swap(int i, int j) {
        int heldSeries = series[i];
        series[i] = series[j];
        series[j] = heldSeries;
        double heldValue = values[i];
        values[i] = values[j];
        values[j] = heldValue;
    }

    void sortBestFirst() {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        GoSort.sort(order, size, (a, b) -> worse(values[b], values[a]));
        int[] sorted = new int[size];
        for (int i = 0; i < size; i++) {
            sorted[i] = series[order[i]];
        }
        System.arraycopy(sorted, 0, series, 0, size);
    }
}
