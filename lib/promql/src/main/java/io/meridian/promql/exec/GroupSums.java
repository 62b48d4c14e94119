package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// sum by group and step, compensated, in the order of the series.
final class GroupSums implements FloatAccumulator {
    private static final double NOTHING = -1;

    /// Below it, no step of an addition or of what it loses can overflow.
    private static final double PLAIN_MAX = 0x1p1000;

    private final double[][] sums;
    private final double[][] carries;

    private final Rows rows;

    /// By group: [#NOTHING] before the first column; what no sum's magnitude exceeds, as long as all steps have one;
    /// then NaN.
    private final double[] bounds;

    /// @param sums rows by group, of any content
    /// @param rows where more come from
    GroupSums(double[][] sums, Rows rows) {
        this.sums = sums;
        this.rows = rows;
        carries = new double[sums.length][];
        bounds = new double[sums.length];
        Arrays.fill(bounds, NOTHING);
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
        double bound = bounds[group] == NOTHING ? 0 : bounds[group];
        bound += largest(v);
        if (!(bound < PLAIN_MAX)) {
            bounds[group] = Double.NaN;
            addCarefully(v, sum, carry);
        } else if (bounds[group] == NOTHING) {
            bounds[group] = bound;
            System.arraycopy(v, 0, sum, 0, v.length);
        } else {
            bounds[group] = bound;
            addPlainly(v, sum, carry);
        }
    }

    /// The largest magnitude; NaN if one is NaN or absent.
    private static double largest(double[] v) {
        double largest = 0;
        for (int k = 0; k < v.length; k++) {
            largest = Math.max(largest, Math.abs(v[k]));
        }
        return largest;
    }

    /// What rounding loses is the same number as in [#addCarefully], without asking which of the two is larger.
    private static void addPlainly(double[] v, double[] sum, double[] carry) {
        for (int k = 0; k < v.length; k++) {
            double s = sum[k];
            double x = v[k];
            double next = s + x;
            double added = next - s;
            carry[k] += (s - (next - added)) + (x - added);
            sum[k] = next;
        }
    }

    private static void addCarefully(double[] v, double[] sum, double[] carry) {
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
