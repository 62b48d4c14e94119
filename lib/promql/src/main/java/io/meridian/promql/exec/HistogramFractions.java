package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.promql.plan.Plan;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// histogram_fraction, of classic and of native histograms.
final class HistogramFractions {
    private HistogramFractions() {}

    static VectorStream run(
            Plan.Fraction plan, VectorStream operand, double[] lower, double[] upper, Execution execution) {
        Annotations annotations = execution.newAnnotations();
        boolean delayed = execution.delaysNameRemoval();
        Materialized input = execution.materialize(operand);
        int position = plan.operand().position();
        var groups = new BucketGroups(input, annotations, position, delayed);
        int nativeCount = groups.natives.size();
        int count = nativeCount + groups.classic.size();
        int steps = input.steps;
        var work = new HistogramWork();
        execution.reserve(8L * count * steps);
        double[][] values = new double[count][steps];
        var labels = new Labels[count];
        boolean[][] clashes = new boolean[input.size()][];
        for (int i = 0; i < groups.classic.size(); i++) {
            BucketGroups.Classic classic = groups.classic.get(i);
            labels[nativeCount + i] = delayed ? classic.labels : Names.drop(classic.labels);
            double[] result = values[nativeCount + i];
            Arrays.fill(result, Column.ABSENT);
            var buckets = new ClassicBuckets();
            for (int k = 0; k < steps; k++) {
                classic.load(input, k, buckets);
                if (buckets.size > 0 && !clash(classic, input, k, clashes)) {
                    result[k] = buckets.fraction(lower[k], upper[k]);
                } else if (buckets.size > 0) {
                    annotations.warn(
                            "vector contains a mix of classic and native histograms"
                                    + BucketGroups.nameSuffix(classic.labels, delayed),
                            position);
                }
            }
        }
        for (int i = 0; i < nativeCount; i++) {
            int series = groups.natives.get(i);
            Labels source = input.labels(series);
            labels[i] = delayed ? source : Names.drop(source);
            Arrays.fill(values[i], Column.ABSENT);
            for (int k = 0; k < steps; k++) {
                FloatHistogram histogram = input.histogram(series, k);
                if (histogram != null && (clashes[series] == null || !clashes[series][k])) {
                    values[i][k] = work.fraction(
                            lower[k],
                            upper[k],
                            histogram,
                            annotations,
                            position,
                            BucketGroups.nameSuffix(source, delayed));
                }
            }
        }
        boolean[] marks = Names.marked(count, delayed);
        @Nullable HistogramColumn[] none = new @Nullable HistogramColumn[count];
        return Duplicates.checkedByStep(new Materialized(input.grid, labels, marks, values, none), execution);
    }

    private static boolean clash(BucketGroups.Classic classic, Materialized input, int step, boolean[][] clashes) {
        boolean any = false;
        for (int twin : classic.nativeTwins) {
            if (input.hasHistogram(twin, step)) {
                any = true;
                if (clashes[twin] == null) {
                    clashes[twin] = new boolean[input.steps];
                }
                clashes[twin][step] = true;
            }
        }
        return any;
    }
}
