package io.meridian.promql.exec;

import io.meridian.model.HistogramColumn;
import org.jspecify.annotations.Nullable;

/// Adds up columns by group; memory is groups × steps, whatever the number of series.
interface GroupAccumulator {
    void add(int series, int group, Column column);

    /// The floats by group and step; called once, at the end.
    double[][] values();

    /// The histograms of a group by step, or null.
    @Nullable
    HistogramColumn histograms(int group);
}
