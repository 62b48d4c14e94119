package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import io.meridian.promql.parse.AggregateOperator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// min, max, count, group, stddev and stdvar by group and step.
final class GroupSimple implements GroupAccumulator {
    private final AggregateOperator operator;
    private final double[][] cells;
    private final double[][] means;
    private final double[][] counts;

    /// @param cells rows by group, of any content
    GroupSimple(AggregateOperator operator, double[][] cells, int steps) {
        this.operator = operator;
        this.cells = cells;
        int groups = cells.length;
        for (double[] cell : cells) {
            Arrays.fill(cell, Column.ABSENT);
        }
        boolean variance = operator == AggregateOperator.STDDEV || operator == AggregateOperator.STDVAR;
        means = new double[variance ? groups : 0][steps];
        counts = new double[variance ? groups : 0][steps];
    }

    @Override
    public void add(int series, int group, Column column) {
        double[] v = column.values;
        double[] cell = cells[group];
        switch (operator) {
            case MIN -> min(v, cell);
            case MAX -> max(v, cell);
            case COUNT -> count(column, cell);
            case GROUP -> {
                for (int k = 0; k < v.length; k++) {
                    if (column.isPresent(k)) {
                        cell[k] = 1;
                    }
                }
            }
            default -> variance(v, cell, means[group], counts[group]);
        }
    }

    private static void min(double[] v, double[] cell) {
        for (int k = 0; k < v.length; k++) {
            double x = v[k];
            double min = cell[k];
            if (!Column.isAbsent(x) && (min > x || Double.isNaN(min))) {
                cell[k] = x;
            }
        }
    }

    private static void max(double[] v, double[] cell) {
        for (int k = 0; k < v.length; k++) {
            double x = v[k];
            double max = cell[k];
            if (!Column.isAbsent(x) && (max < x || Double.isNaN(max))) {
                cell[k] = x;
            }
        }
    }

    private static void count(Column column, double[] cell) {
        for (int k = 0; k < cell.length; k++) {
            if (column.isPresent(k)) {
                cell[k] = Column.isAbsent(cell[k]) ? 1 : cell[k] + 1;
            }
        }
    }

    /// Welford's method; a first value that is not finite makes the variance NaN.
    private static void variance(double[] v, double[] cell, double[] mean, double[] count) {
        for (int k = 0; k < v.length; k++) {
            double x = v[k];
            if (Column.isAbsent(x)) {
                continue;
            }
            if (count[k] == 0) {
                count[k] = 1;
                mean[k] = x;
                cell[k] = Double.isFinite(x) ? 0 : Double.NaN;
                continue;
            }
            count[k]++;
            double delta = x - mean[k];
            mean[k] += delta / count[k];
            cell[k] += delta * (x - mean[k]);
        }
    }

    @Override
    public double[][] values() {
        if (counts.length > 0) {
            for (int g = 0; g < cells.length; g++) {
                for (int k = 0; k < cells[g].length; k++) {
                    if (counts[g][k] > 0) {
                        double variance = cells[g][k] / counts[g][k];
                        cells[g][k] = operator == AggregateOperator.STDDEV ? Math.sqrt(variance) : variance;
                    }
                }
            }
        }
        return cells;
    }

    @Override
    public @Nullable HistogramColumn histograms(int group) {
        return null;
    }
}
