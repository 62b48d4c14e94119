package io.meridian.promql.exec;

import io.meridian.promql.QueryStats;
import io.meridian.promql.plan.Grid;
import java.util.concurrent.atomic.LongAdder;

/// Counts samples as Prometheus counts them, apart from the memory that is really held.
public final class SampleCount {
    private final LongAdder queryable = new LongAdder();

    Node node(Grid grid) {
        return new Node(this);
    }

    public QueryStats stats() {
        return new QueryStats(0, new long[] {queryable.sum()}, new long[0]);
    }

    /// The counts of one node of the plan.
    static final class Node {
        private final SampleCount count;

        Node(SampleCount count) {
            this.count = count;
        }

        void selected(Column column) {
            int points = 0;
            for (double value : column.values) {
                if (!Column.isAbsent(value)) {
                    points++;
                }
            }
            count.queryable.add(points);
        }

        void windows(Windows windows) {
            long points = 0;
            for (int k = 0; k < windows.steps; k++) {
                points += windows.to[k] - windows.from[k];
            }
            count.queryable.add(points);
        }
    }
}
