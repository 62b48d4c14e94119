package io.meridian.promql.exec;

import io.meridian.model.FloatHistogram;
import org.jspecify.annotations.Nullable;

/// sum and avg of groups that may hold native histograms beside floats.
final class GroupMixed implements GroupAccumulator {
    private final GroupAccumulator floats;

    GroupMixed(GroupAccumulator floats, boolean average, int groups, int steps, Annotations annotations, int position) {
        this.floats = floats;
    }

    @Override
    public void add(int group, Column column) {
        floats.add(group, column);
    }

    @Override
    public double[][] values() {
        return floats.values();
    }

    @Override
    public @Nullable FloatHistogram @Nullable [] histograms(int group) {
        return null;
    }
}
