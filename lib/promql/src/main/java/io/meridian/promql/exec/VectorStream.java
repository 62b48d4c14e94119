package io.meridian.promql.exec;

import io.meridian.model.Labels;
import io.meridian.promql.plan.Grid;
import org.jspecify.annotations.Nullable;

/// An instant vector over a grid, whose series are known and whose columns are made one at a time, on any thread.
abstract class VectorStream {
    final Grid grid;
    final int steps;
    private final Labels[] labels;
    private final boolean @Nullable [] marks;

    /// @param marks series whose name is to be dropped at the end of the query; null if none
    VectorStream(Grid grid, Labels[] labels, boolean @Nullable [] marks) {
        this.grid = grid;
        this.steps = grid.steps();
        this.labels = labels;
        this.marks = marks;
    }

    final int size() {
        return labels.length;
    }

    final Labels labels(int series) {
        return labels[series];
    }

    final Labels[] labels() {
        return labels;
    }

    final boolean isMarked(int series) {
        return marks != null && marks[series];
    }

    final boolean @Nullable [] marks() {
        return marks;
    }

    /// Whether making a column may add annotations or fail, so that it must be made even if nobody wants it.
    boolean raises() {
        return true;
    }

    /// Whether a column surely has no histograms, so that it counts at most one sample a step.
    boolean isFloat(int series) {
        return false;
    }

    /// Writes every step of the column. Called from many threads at once, with a worker each.
    abstract void fill(int series, Column target, Worker worker);
}
