package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.GoQuote;
import io.meridian.model.Labels;
import io.meridian.model.histogram.HistogramSum;
import org.jspecify.annotations.Nullable;

/// sum and avg of groups that may hold native histograms beside floats. Nothing is done per sample for them until the
/// first histogram comes.
final class GroupMixed implements GroupAccumulator {
    private final FloatAccumulator floats;
    private final boolean average;
    private final int steps;
    private final Labels[] labels;
    private final Annotations annotations;
    private final int position;
    private final @Nullable Cell[] @Nullable [] cells;
    private final @Nullable FloatHistogram[] @Nullable [] results;
    private final HistogramSum operand = new HistogramSum();

    /// Groups with a cell that takes nothing more.
    private final boolean[] closed;

    private @Nullable Column open;

    /// One group at one step.
    private static final class Cell {
        /// Null if floats came first: then histograms only spoil them.
        @Nullable
        HistogramMean mean;

        /// After histograms that do not go together nothing more is looked at.
        boolean incompatible;
    }

    GroupMixed(
            FloatAccumulator floats,
            boolean average,
            int groups,
            int steps,
            Labels[] labels,
            Annotations annotations,
            int position) {
        this.floats = floats;
        this.average = average;
        this.steps = steps;
        this.labels = labels;
        this.annotations = annotations;
        this.position = position;
        cells = new @Nullable Cell[groups] @Nullable [];
        results = new @Nullable FloatHistogram[groups] @Nullable [];
        closed = new boolean[groups];
    }

    @Override
    public void add(int series, int group, Column column) {
        floats.add(series, group, closed[group] ? open(group, column) : column);
        @Nullable FloatHistogram[] histograms = column.histograms;
        if (histograms == null) {
            return;
        }
        @Nullable Cell[] row = cells[group];
        if (row == null) {
            row = new @Nullable Cell[steps];
            cells[group] = row;
        }
        for (int k = 0; k < steps; k++) {
            FloatHistogram histogram = histograms[k];
            if (histogram != null) {
                Cell cell = row[k];
                if (cell == null) {
                    cell = new Cell();
                    row[k] = cell;
                    if (!floats.holdsFloat(group, k)) {
                        cell.mean = new HistogramMean(average);
                        cell.mean.start(histogram);
                    }
                } else if (cell.mean != null && !cell.incompatible) {
                    add(cell.mean, cell, group, histogram, series);
                }
            }
        }
    }

    /// The floats without those of closed cells.
    private Column open(int group, Column column) {
        if (open == null) {
            open = new Column(steps);
        }
        open.copyFrom(column.values, null);
        @Nullable Cell[] row = cells[group];
        for (int k = 0; row != null && k < steps; k++) {
            Cell cell = row[k];
            if (cell != null && cell.incompatible) {
                open.values[k] = Column.ABSENT;
            }
        }
        return open;
    }

    private void add(HistogramMean mean, Cell cell, int group, FloatHistogram histogram, int series) {
        if (!mean.add(histogram, operand)) {
            cell.incompatible = true;
            closed[group] = true;
            annotations.warn(
                    "vector contains a mix of histograms with exponential and custom buckets schemas for metric name "
                            + GoQuote.quote(labels[series].metricName()),
                    position);
        }
    }

    @Override
    public double[][] values() {
        double[][] values = floats.values();
        for (int g = 0; g < values.length; g++) {
            @Nullable Cell[] row = cells[g];
            for (int k = 0; row != null && k < steps; k++) {
                Cell cell = row[k];
                if (cell != null) {
                    finish(cell, g, k, values[g]);
                }
            }
        }
        return values;
    }

    private void finish(Cell cell, int group, int step, double[] values) {
        HistogramMean mean = cell.mean;
        if (mean != null && mean.hasCollision()) {
            annotations.warn("conflicting counter resets during histogram aggregation", position);
        }
        if (mean != null && mean.isReconciled()) {
            annotations.info("mismatched custom buckets were reconciled during aggregation", position);
        }
        if (!Column.isAbsent(values[step])) {
            values[step] = Column.ABSENT;
            annotations.warn("encountered a mix of histograms and floats for aggregation", position);
            return;
        }
        if (mean == null || cell.incompatible) {
            return;
        }
        @Nullable FloatHistogram[] row = results[group];
        if (row == null) {
            row = new @Nullable FloatHistogram[steps];
            results[group] = row;
        }
        row[step] = mean.result(true);
    }

    @Override
    public @Nullable FloatHistogram @Nullable [] histograms(int group) {
        return results[group];
    }
}
