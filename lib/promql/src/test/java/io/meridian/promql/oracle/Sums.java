package io.meridian.promql.oracle;

import java.util.Arrays;
import java.util.List;

/// Sums and order statistics, as defined for PromQL.
final class Sums {
    private double sum;
    private double lost;

    private Sums(double start) {
        sum = start;
    }

    void add(double x) {
        double total = sum + x;
        if (Double.isInfinite(total)) {
            lost = 0;
        } else if (Math.abs(sum) >= Math.abs(x)) {
            lost += (sum - total) + x;
        } else {
            lost += (x - total) + sum;
        }
        sum = total;
    }

    double sum() {
        return sum;
    }

    double result() {
        return sum + lost;
    }

    /// The sum that starts with the first.
    static double sum(List<Double> values) {
        var sums = new Sums(values.getFirst());
        values.subList(1, values.size()).forEach(sums::add);
        return sums.result();
    }

    /// The sum that starts with 0.
    static Sums fromZero() {
        return new Sums(0);
    }

    static double average(List<Double> values) {
        var direct = new Sums(values.getFirst());
        for (int n = 2; n <= values.size(); n++) {
            var next = new Sums(direct.sum);
            next.lost = direct.lost;
            next.add(values.get(n - 1));
            if (Double.isInfinite(next.sum)) {
                return switched(values, n, direct);
            }
            direct = next;
        }
        return direct.sum / values.size() + direct.lost / values.size();
    }

    private static double switched(List<Double> values, int from, Sums direct) {
        var mean = new Sums(direct.sum / (from - 1));
        mean.lost = direct.lost / (from - 1);
        for (int n = from; n <= values.size(); n++) {
            double q = (n - 1.0) / n;
            double carried = q * mean.lost;
            mean = new Sums(q * mean.sum);
            mean.lost = carried;
            mean.add(values.get(n - 1) / n);
        }
        return mean.result();
    }

    /// Of an aggregation.
    static double variance(List<Double> values) {
        double mean = values.getFirst();
        double squares = Double.isNaN(mean) || Double.isInfinite(mean) ? Double.NaN : 0;
        for (int n = 2; n <= values.size(); n++) {
            double delta = values.get(n - 1) - mean;
            mean += delta / n;
            squares += delta * (values.get(n - 1) - mean);
        }
        return squares / values.size();
    }

    /// Of a window.
    static double varianceOverTime(List<Double> values) {
        Sums mean = fromZero();
        Sums squares = fromZero();
        int n = 0;
        for (double value : values) {
            n++;
            double delta = value - mean.result();
            mean.add(delta / n);
            squares.add(delta * (value - mean.result()));
        }
        return squares.result() / n;
    }

    static double quantile(double q, List<Double> values) {
        if (values.isEmpty() || Double.isNaN(q)) {
            return Double.NaN;
        }
        if (q < 0 || q > 1) {
            return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        Double[] sorted = values.toArray(new Double[0]);
        Arrays.sort(sorted, (a, b) -> {
            if (Double.isNaN(a) || Double.isNaN(b)) {
                return Boolean.compare(!Double.isNaN(a), !Double.isNaN(b));
            }
            return a < b ? -1 : a > b ? 1 : 0;
        });
        double rank = q * (sorted.length - 1);
        int low = (int) Math.max(0, Math.floor(rank));
        int high = Math.min(sorted.length - 1, low + 1);
        double weight = rank - Math.floor(rank);
        return sorted[low] * (1 - weight) + sorted[high] * weight;
    }
}
