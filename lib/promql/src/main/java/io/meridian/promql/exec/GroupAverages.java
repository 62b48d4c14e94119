package io.meridian.promql.exec;

import io.meridian.model.CompensatedSum;
import io.meridian.model.HistogramColumn;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// avg by group and step: a compensated sum that, before it would overflow, turns into a running mean.
final class GroupAverages implements FloatAccumulator {
    private final double[][] sums;
    private final double[][] carries;
    /// Number of values; negative once the cell holds a mean.
    private final int[][] counts;

    private final Rows rows;

    /// @param sums rows by group, of any content
    /// @param rows where more come from
    GroupAverages(double[][] sums, int steps, Rows rows) {
        this.sums = sums;
        this.rows = rows;
        carries = new double[sums.length][];
        counts = new int[sums.length][steps];
        for (int g = 0; g < sums.length; g++) {
            Arrays.fill(sums[g], 0);
            carries[g] = rows.take(steps);
            Arrays.fill(carries[g], 0);
        }
    }

    @Override
    public void add(int series, int group, Column column) {
        double[] v = column.values;
        double[] sum = sums[group];
        double[] carry = carries[group];
        int[] count = counts[group];
        for (int k = 0; k < v.length; k++) {
            double x = v[k];
            if (Column.isAbsent(x)) {
                continue;
            }
            int n = count[k];
            if (n == 0) {
                sum[k] = x;
                count[k] = 1;
                continue;
            }
            if (n > 0) {
                double s = sum[k];
                double next = s + x;
                if (!Double.isInfinite(next)) {
                    carry[k] += Math.abs(s) >= Math.abs(x) ? (s - next) + x : (x - next) + s;
                    sum[k] = next;
                    count[k] = n + 1;
                    continue;
                }
                sum[k] = s / n;
                carry[k] /= n;
                n = -n;
            }
            n--;
            count[k] = n;
            double total = -n;
            double share = (total - 1) / total;
            double mean = share * sum[k];
            double part = x / total;
            carry[k] = CompensatedSum.carry(part, mean, share * carry[k]);
            sum[k] = mean + part;
        }
    }

    @Override
    public boolean holdsFloat(int group, int step) {
        return counts[group][step] != 0;
    }

    @Override
    public double[][] values() {
        for (int g = 0; g < sums.length; g++) {
            for (int k = 0; k < sums[g].length; k++) {
                int n = counts[g][k];
                if (n == 0) {
                    sums[g][k] = Column.ABSENT;
                } else if (n > 0) {
                    sums[g][k] = sums[g][k] / n + carries[g][k] / n;
                } else {
                    sums[g][k] += carries[g][k];
                }
            }
            rows.giveBack(carries[g]);
        }
        return sums;
    }

    @Override
    public @Nullable HistogramColumn histograms(int group) {
        return null;
    }
}
