package io.meridian.promql.exec;

import io.meridian.model.Labels;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which group each series of an aggregation belongs to; groups are numbered as they first appear.
final class GroupTable {
    /// Group by series.
    final int[] groupOf;

    /// Labels by group.
    final Labels[] labels;

    /// Groups with a series whose name is to be dropped; null if none.
    final boolean @Nullable [] marks;

    private GroupTable(int[] groupOf, Labels[] labels, boolean @Nullable [] marks) {
        this.groupOf = groupOf;
        this.labels = labels;
        this.marks = marks;
    }

    static GroupTable of(VectorStream input, List<String> grouping, boolean without) {
        Set<String> names = new HashSet<>(grouping);
        if (without) {
            names.add(Labels.METRIC_NAME);
        }
        var keys = new LabelKeys(names, without);
        int[] groupOf = new int[input.size()];
        for (int i = 0; i < groupOf.length; i++) {
            groupOf[i] = keys.number(input.labels(i));
        }
        var labels = new Labels[keys.size()];
        for (int g = 0; g < labels.length; g++) {
            labels[g] = keys.labels(g);
        }
        boolean[] marks = null;
        if (input.marks() != null) {
            marks = new boolean[labels.length];
            for (int i = 0; i < groupOf.length; i++) {
                marks[groupOf[i]] |= input.isMarked(i);
            }
        }
        return new GroupTable(groupOf, labels, marks);
    }

    int size() {
        return labels.length;
    }

    /// Series of each group, in their order.
    int[][] members() {
        int[] counts = new int[size()];
        for (int group : groupOf) {
            counts[group]++;
        }
        int[][] members = new int[size()][];
        for (int g = 0; g < members.length; g++) {
            members[g] = new int[counts[g]];
        }
        java.util.Arrays.fill(counts, 0);
        for (int i = 0; i < groupOf.length; i++) {
            int g = groupOf[i];
            members[g][counts[g]++] = i;
        }
        return members;
    }
}
