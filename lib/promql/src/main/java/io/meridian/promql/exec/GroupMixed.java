package io.meridian.promql.exec;

import io.meridian.model.GoQuote;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import java.util.function.LongConsumer;
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
    private final @Nullable GroupHistograms[] groups;
    private final @Nullable HistogramColumn[] results;
    private final LongConsumer reserve;

    /// Groups with a cell that takes nothing more.
    private final boolean[] closed;

    private @Nullable Column open;

    /// @param reserve told the bytes that histograms take
    GroupMixed(
            FloatAccumulator floats,
            boolean average,
            int groups,
            int steps,
            Labels[] labels,
            Annotations annotations,
            int position,
            LongConsumer reserve) {
        this.floats = floats;
        this.average = average;
        this.steps = steps;
        this.labels = labels;
        this.annotations = annotations;
        this.position = position;
        this.groups = new @Nullable GroupHistograms[groups];
        this.results = new @Nullable HistogramColumn[groups];
        this.reserve = reserve;
        closed = new boolean[groups];
    }

    @Override
    public void add(int series, int group, Column column) {
        floats.add(series, group, closed[group] ? open(group, column) : column);
        HistogramColumn histograms = column.histograms;
        if (histograms == null || histograms.isEmpty(steps)) {
            return;
        }
        GroupHistograms sums = groups[group];
        if (sums == null) {
            sums = new GroupHistograms(average, steps, reserve);
            groups[group] = sums;
        }
        if (!sums.add(histograms, floats, group)) {
            closed[group] = true;
            annotations.warn(
                    "vector contains a mix of histograms with exponential and custom buckets schemas for metric name "
                            + GoQuote.quote(labels[series].metricName()),
                    position);
        }
    }

    /// The floats without those of closed cells.
    private Column open(int group, Column column) {
        if (open == null) {
            open = new Column(steps);
        }
        open.copyFrom(column.values, null);
        GroupHistograms sums = groups[group];
        for (int k = 0; sums != null && k < steps; k++) {
            if (sums.isIncompatible(k)) {
                open.values[k] = Column.ABSENT;
            }
        }
        return open;
    }

    @Override
    public double[][] values() {
        double[][] values = floats.values();
        for (int g = 0; g < values.length; g++) {
            GroupHistograms sums = groups[g];
            if (sums != null) {
                HistogramColumn column = finish(sums, values[g]);
                results[g] = column.isEmpty(steps) ? null : column;
                groups[g] = null;
            }
        }
        return values;
    }

    private HistogramColumn finish(GroupHistograms sums, double[] values) {
        boolean[] dropped = new boolean[steps];
        for (int k = 0; k < steps; k++) {
            if (!sums.isPresent(k)) {
                continue;
            }
            if (sums.isReconciled(k)) {
                annotations.info("mismatched custom buckets were reconciled during aggregation", position);
            }
            dropped[k] = sums.isIncompatible(k);
            if (!Column.isAbsent(values[k])) {
                values[k] = Column.ABSENT;
                dropped[k] = true;
                annotations.warn("encountered a mix of histograms and floats for aggregation", position);
            } else if (!dropped[k] && sums.hasCollision(k)) {
                annotations.warn("conflicting counter resets during histogram aggregation", position);
            }
        }
        return sums.results(dropped);
    }

    @Override
    public @Nullable HistogramColumn histograms(int group) {
        return results[group];
    }
}
