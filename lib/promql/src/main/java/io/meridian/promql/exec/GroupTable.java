package io.meridian.promql.exec;

import io.meridian.model.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
        Map<Labels, Integer> ids = new HashMap<>();
        List<Labels> groups = new ArrayList<>();
        int[] groupOf = new int[input.size()];
        for (int i = 0; i < groupOf.length; i++) {
            Labels all = input.labels(i);
            Labels key = without ? all.without(names) : names.isEmpty() ? Labels.empty() : all.only(names);
            Integer id = ids.putIfAbsent(key, groups.size());
            groupOf[i] = id == null ? groups.size() : id;
            if (id == null) {
                groups.add(key);
            }
        }
        boolean[] marks = null;
        if (input.marks() != null) {
            marks = new boolean[groups.size()];
            for (int i = 0; i < groupOf.length; i++) {
                marks[groupOf[i]] |= input.isMarked(i);
            }
        }
        return new GroupTable(groupOf, groups.toArray(new Labels[0]), marks);
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
