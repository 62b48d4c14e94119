package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// sum by group and step, compensated, in the order of the series.
final class GroupSums implements FloatAccumulator {
    private final double[][] sums;
    private final double[][] carries;

    private final Rows rows;

    /// @param sums rows by group, of any content
    /// @param rows where more come from
    GroupSums(double[][] sums, Rows rows) {
        this.sums = sums;
        this.rows = rows;
        carries = new double[sums.length][];
        for (int g = 0; g < sums.length; g++) {
            Arrays.fill(sums[g], Column.ABSENT);
            carries[g] = rows.take(sums[g].length);
            Arrays.fill(carries[g], 0);
        }
    }

    @Override
    public void add(int series, int group, Column column) {
        double[] v = column.values;
        double[] sum = sums[group];
        double[] carry = carries[group];
        for (int k = 0; k < v.length; k++) {
            double x = v[k];
            if (Column.isAbsent(x)) {
                continue;
            }
            double s = sum[k];
            if (Column.isAbsent(s)) {
                sum[k] = x;
                continue;
            }
            double next = s + x;
            double lost = Math.abs(s) >= Math.abs(x) ? (s - next) + x : (x - next) + s;
            carry[k] = Double.isInfinite(next) ? 0 : carry[k] + lost;
            sum[k] = next;
        }
    }

    @Override
    public boolean holdsFloat(int group, int step) {
        return !Column.isAbsent(sums[group][step]);
    }

    @Override
    public double[][] values() {
        for (int g = 0; g < sums.length; g++) {
            double[] sum = sums[g];
            double[] carry = carries[g];
            for (int k = 0; k < sum.length; k++) {
                if (!Column.isAbsent(sum[k])) {
                    sum[k] += carry[k];
                }
            }
            rows.giveBack(carry);
        }
        return sums;
    }

    @Override
    public @Nullable HistogramColumn histograms(int group) {
        return null;
    }
}
