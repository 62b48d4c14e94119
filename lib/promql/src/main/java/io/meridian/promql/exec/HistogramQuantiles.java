package io.meridian.promql.exec;

import io.meridian.model.GoFloat;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.promql.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// histogram_quantile and histogram_quantiles, of classic and of native histograms.
final class HistogramQuantiles {
    private final Materialized input;
    private final BucketGroups groups;
    private final Annotations annotations;
    private final int position;
    private final boolean delayed;
    private final ForcedFindings findings;
    private final Execution execution;
    private final List<Labels> labels = new ArrayList<>();
    private final List<Boolean> marks = new ArrayList<>();
    private final List<double[]> values = new ArrayList<>();

    private HistogramQuantiles(Plan.Quantiles plan, VectorStream operand, Execution execution) {
        this.execution = execution;
        annotations = execution.newAnnotations();
        input = execution.materialize(operand);
        position = plan.operand().position();
        delayed = execution.delaysNameRemoval();
        groups = new BucketGroups(input, annotations, position, delayed);
        findings = new ForcedFindings(input.steps, position);
    }

    static VectorStream run(Plan.Quantiles plan, VectorStream operand, double[][] quantiles, Execution execution) {
        var run = new HistogramQuantiles(plan, operand, execution);
        for (int i = 0; i < quantiles.length; i++) {
            run.warn(quantiles[i], plan.quantiles().get(i).position());
            run.evaluate(quantiles, i, plan.label());
        }
        run.findings.report(run.annotations);
        boolean[] marks = null;
        if (run.delayed) {
            marks = new boolean[run.labels.size()];
            Arrays.fill(marks, true);
        }
        var all = new Materialized(
                operand.grid,
                run.labels.toArray(new Labels[0]),
                marks,
                run.values.toArray(new double[0][]),
                new @Nullable HistogramColumn[run.labels.size()]);
        return Duplicates.checkedByStep(all, execution);
    }

    private void warn(double[] quantiles, int quantilePosition) {
        for (double q : quantiles) {
            if (!(q >= 0 && q <= 1)) {
                annotations.warn("quantile value should be between 0 and 1, got " + GoFormat.g(q), quantilePosition);
            }
        }
    }

    private void evaluate(double[][] all, int number, @Nullable String label) {
        double[] quantiles = all[number];
        int steps = input.steps;
        int nativeCount = groups.natives.size();
        int classicCount = groups.classic.size();
        execution.reserve(8L * (nativeCount + classicCount) * steps);
        double[][] results = new double[nativeCount + classicCount][steps];
        boolean[][] clashes = clashes();
        execution.loop().each(results.length, steps, (i, worker) -> {
            Arrays.fill(results[i], Column.ABSENT);
            if (i < nativeCount) {
                ofNative(groups.natives.get(i), quantiles, clashes, results[i], worker.histograms);
            } else {
                ofClassic(groups.classic.get(i - nativeCount), all, number, clashes, results[i], worker.buckets);
            }
        });
        for (int i = 0; i < results.length; i++) {
            Labels source =
                    i < nativeCount ? input.labels(groups.natives.get(i)) : groups.classic.get(i - nativeCount).labels;
            if (label == null || steps == 0) {
                add(delayed ? source : Names.drop(source), results[i]);
            } else {
                addLabelled(delayed ? source : Names.drop(source), label, quantiles, results[i]);
            }
        }
    }

    private void add(Labels series, double[] result) {
        labels.add(series);
        values.add(result);
        marks.add(delayed);
    }

    /// The quantile is a label; where it changes with the step, so does the series.
    private void addLabelled(Labels series, String label, double[] quantiles, double[] result) {
        boolean[] done = new boolean[quantiles.length];
        for (int k = 0; k < quantiles.length; k++) {
            if (done[k]) {
                continue;
            }
            long bits = Double.doubleToLongBits(quantiles[k]);
            double[] part = new double[quantiles.length];
            Arrays.fill(part, Column.ABSENT);
            for (int j = k; j < quantiles.length; j++) {
                if (Double.doubleToLongBits(quantiles[j]) == bits) {
                    part[j] = result[j];
                    done[j] = true;
                }
            }
            add(series.with(label, openMetrics(quantiles[k])), part);
        }
    }

    /// A float as OpenMetrics writes it: never without a point or an exponent.
    private static String openMetrics(double value) {
        String text = GoFloat.general(value);
        boolean integer = text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '-');
        return integer ? text + ".0" : text;
    }

    /// By series with native histograms and step: whether a classic histogram of the same labels is there, too.
    private boolean[][] clashes() {
        boolean[][] clashes = new boolean[input.size()][];
        for (BucketGroups.Classic classic : groups.classic) {
            for (int twin : classic.nativeTwins) {
                clashes[twin] = new boolean[input.steps];
                for (int k = 0; k < input.steps; k++) {
                    if (!input.hasHistogram(twin, k)) {
                        continue;
                    }
                    for (int series : classic.series) {
                        clashes[twin][k] |= !Column.isAbsent(input.values[series][k]);
                    }
                    if (clashes[twin][k]) {
                        annotations.warn(
                                "vector contains a mix of classic and native histograms"
                                        + BucketGroups.nameSuffix(classic.labels, delayed),
                                position);
                    }
                }
            }
        }
        return clashes;
    }

    private void ofNative(int series, double[] quantiles, boolean[][] clashes, double[] result, HistogramWork work) {
        boolean[] clash = clashes[series];
        HistogramColumn column = input.histograms[series];
        String nameSuffix = BucketGroups.nameSuffix(input.labels(series), delayed);
        for (int k = 0; column != null && k < result.length; k++) {
            if (column.isPresent(k) && (clash == null || !clash[k])) {
                result[k] = work.quantile(quantiles[k], column, k, annotations, position, nameSuffix);
            }
        }
    }

    private void ofClassic(
            BucketGroups.Classic classic,
            double[][] all,
            int number,
            boolean[][] clashes,
            double[] result,
            ClassicBuckets buckets) {
        for (int k = 0; k < result.length; k++) {
            classic.load(input, k, buckets);
            if (buckets.size == 0 || clashes(classic, clashes, k)) {
                continue;
            }
            for (int earlier = 0; earlier < number; earlier++) {
                if (all[earlier][k] >= 0 && all[earlier][k] <= 1 && buckets.endsInInfinity()) {
                    buckets.merge();
                    buckets.repair();
                }
            }
            result[k] = ofClassic(classic, all[number][k], buckets, k);
        }
    }

    private double ofClassic(BucketGroups.Classic classic, double q, ClassicBuckets buckets, int step) {
        if (Double.isNaN(q)) {
            return Double.NaN;
        }
        if (q < 0 || q > 1) {
            return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (!buckets.endsInInfinity()) {
            return Double.NaN;
        }
        buckets.merge();
        if (buckets.repair()) {
            String name = delayed ? classic.labels.metricName() : "";
            findings.add(step, name, buckets, input.grid.timeMs(step));
        }
        return buckets.quantile(q);
    }

    private static boolean clashes(BucketGroups.Classic classic, boolean[][] clashes, int step) {
        for (int twin : classic.nativeTwins) {
            boolean[] clash = clashes[twin];
            if (clash != null && clash[step]) {
                return true;
            }
        }
        return false;
    }
}
