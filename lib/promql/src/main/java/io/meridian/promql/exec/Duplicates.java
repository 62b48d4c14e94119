package io.meridian.promql.exec;

import io.meridian.model.Fault;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What happens when dropping labels makes series alike. Only then are columns looked at.
final class Duplicates {
    private Duplicates() {}

    static QueryException error() {
        return new QueryException(Fault.EVALUATION, "vector cannot contain metrics with the same labelset");
    }

    /// One result per label set and step; series that are alike but never at the same step become one. With delayed
    /// name removal a single step is not looked at.
    static VectorStream checkedByStep(VectorStream stream, Execution execution) {
        boolean unseen = stream.steps == 1 && execution.delaysNameRemoval();
        return unseen || areUnique(stream.labels()) ? stream : join(execution.materialize(stream), false);
    }

    /// As [#checkedByStep], but a float and a histogram at the same step do not meet.
    static VectorStream joined(VectorStream stream, Execution execution) {
        return areUnique(stream.labels()) ? stream : join(execution.materialize(stream), true);
    }

    /// Series that are alike are an error wherever they have points.
    static VectorStream checkedOverall(VectorStream stream, Execution execution) {
        if (areUnique(stream.labels())) {
            return stream;
        }
        Materialized all = execution.materialize(stream);
        Map<Labels, Integer> seen = new HashMap<>();
        for (int i = 0; i < all.size(); i++) {
            if (!Column.isEmpty(all.values[i], all.histograms[i]) && seen.put(all.labels(i), i) != null) {
                throw error();
            }
        }
        return all;
    }

    static boolean areUnique(Labels[] labels) {
        return areAscending(labels) || areDifferent(labels);
    }

    private static boolean areAscending(Labels[] labels) {
        for (int i = 1; i < labels.length; i++) {
            if (labels[i - 1].compareTo(labels[i]) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean areDifferent(Labels[] labels) {
        Map<Labels, Boolean> seen = HashMap.newHashMap(labels.length);
        for (Labels one : labels) {
            if (seen.put(one, true) != null) {
                return false;
            }
        }
        return true;
    }

    /// Whether the name of a joined series is dropped is what holds for its first sample.
    private static Materialized join(Materialized all, boolean byKind) {
        Map<Labels, Integer> targets = HashMap.newHashMap(all.size());
        List<Integer> kept = new ArrayList<>();
        boolean[] marks = all.marks() == null ? null : all.marks().clone();
        for (int i = 0; i < all.size(); i++) {
            Integer target = targets.putIfAbsent(all.labels(i), i);
            if (target == null) {
                kept.add(i);
            } else {
                if (marks != null && firstStep(all, i) < firstStep(all, target)) {
                    marks[target] = marks[i];
                }
                joinInto(all, target, i, byKind);
            }
        }
        return Selected.of(new Materialized(all.grid, all.labels(), marks, all.values, all.histograms), kept);
    }

    private static int firstStep(Materialized all, int series) {
        int step = 0;
        while (step < all.steps && !all.isPresent(series, step)) {
            step++;
        }
        return step;
    }

    private static void joinInto(Materialized all, int target, int source, boolean byKind) {
        double[] values = all.values[target];
        HistogramColumn histograms = all.histograms[target];
        for (int k = 0; k < all.steps; k++) {
            double value = all.values[source][k];
            FloatHistogram histogram = all.histogram(source, k);
            boolean floatTaken = !Column.isAbsent(values[k]);
            boolean histogramTaken = histograms != null && histograms.isPresent(k);
            boolean clash = !Column.isAbsent(value) && (floatTaken || histogramTaken && !byKind)
                    || histogram != null && (histogramTaken || floatTaken && !byKind);
            if (clash) {
                throw error();
            }
            if (!Column.isAbsent(value)) {
                values[k] = value;
            }
            if (histogram != null) {
                if (histograms == null) {
                    histograms = new HistogramColumn(all.steps);
                    all.histograms[target] = histograms;
                }
                histograms.set(k, histogram);
            }
        }
    }
}
