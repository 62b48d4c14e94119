package io.meridian.promql.oracle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Quantiles and fractions of classic buckets.
final class Classic {
    record Bucket(double bound, double count) {}

    private Classic() {}

    private static List<Bucket> merged(List<Bucket> buckets) {
        List<Bucket> sorted = new ArrayList<>(buckets);
        sorted.sort(Comparator.comparingDouble(Bucket::bound));
        List<Bucket> merged = new ArrayList<>();
        for (Bucket bucket : sorted) {
            if (!merged.isEmpty() && merged.getLast().bound() == bucket.bound()) {
                Bucket last = merged.removeLast();
                merged.add(new Bucket(last.bound(), last.count() + bucket.count()));
            } else {
                merged.add(bucket);
            }
        }
        return merged;
    }

    static double quantile(double q, List<Bucket> given) {
        if (Double.isNaN(q)) {
            return Double.NaN;
        }
        if (q < 0 || q > 1) {
            return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        List<Bucket> buckets = merged(given);
        if (buckets.getLast().bound() != Double.POSITIVE_INFINITY) {
            return Double.NaN;
        }
        List<Bucket> repaired = new ArrayList<>();
        double highest = buckets.getFirst().count();
        for (Bucket bucket : buckets) {
            if (bucket.count() > highest && !almost(bucket.count(), highest)) {
                highest = bucket.count();
            }
            repaired.add(new Bucket(bucket.bound(), highest));
        }
        double total = repaired.getLast().count();
        if (repaired.size() < 2 || total == 0) {
            return Double.NaN;
        }
        if (Double.isNaN(total)) {
            throw new Undecided("NaN in a bucket");
        }
        double rank = q * total;
        int b = 0;
        while (b < repaired.size() - 1 && !(repaired.get(b).count() >= rank)) {
            b++;
        }
        if (b == repaired.size() - 1) {
            return repaired.get(b - 1).bound();
        }
        if (b == 0 && repaired.getFirst().bound() <= 0) {
            return repaired.getFirst().bound();
        }
        double low = b == 0 ? 0 : repaired.get(b - 1).bound();
        double below = b == 0 ? 0 : repaired.get(b - 1).count();
        double inside = repaired.get(b).count() - below;
        return low + (repaired.get(b).bound() - low) * ((rank - below) / inside);
    }

    private static boolean almost(double a, double b) {
        double sum = Math.abs(a) + Math.abs(b);
        return a == b || Math.abs(a - b) / Math.min(sum, Double.MAX_VALUE) < 1e-12;
    }

    static double fraction(double lower, double upper, List<Bucket> given) {
        List<Bucket> buckets = merged(given);
        double total = buckets.getLast().count();
        if (buckets.getLast().bound() != Double.POSITIVE_INFINITY || total == 0) {
            return Double.NaN;
        }
        if (Double.isNaN(lower) || Double.isNaN(upper)) {
            return Double.NaN;
        }
        return lower >= upper ? 0 : (rank(upper, buckets, total) - rank(lower, buckets, total)) / total;
    }

    private static double rank(double x, List<Bucket> buckets, double total) {
        double low = buckets.getFirst().bound() > 0 ? 0 : Double.NEGATIVE_INFINITY;
        double rank = 0;
        for (Bucket bucket : buckets) {
            if (low >= x) {
                return Math.min(rank, total);
            }
            if (x < bucket.bound()) {
                double at = Double.isInfinite(low)
                        ? bucket.count()
                        : rank + (bucket.count() - rank) * (x - low) / (bucket.bound() - low);
                return Math.min(at, total);
            }
            rank = bucket.count();
            low = bucket.bound();
        }
        return total;
    }
}
