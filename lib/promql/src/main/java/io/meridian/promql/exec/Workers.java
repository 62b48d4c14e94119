package io.meridian.promql.exec;

import io.meridian.model.QueryContext;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;

/// The workers of one query; as many as threads ever worked on it at once.
final class Workers {
    private final QueryContext context;
    private final LongConsumer reserve;
    private final IdleWorkers kept;
    private final Rows rows;
    private final ConcurrentLinkedQueue<Worker> idle = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Worker> all = new ConcurrentLinkedQueue<>();

    /// @param reserve told of bytes before they are taken
    /// @param kept    of queries before
    /// @param rows    where columns come from
    Workers(QueryContext context, LongConsumer reserve, IdleWorkers kept, Rows rows) {
        this.context = context;
        this.reserve = reserve;
        this.kept = kept;
        this.rows = rows;
    }

    /// A column of unknown content.
    Column newColumn(int steps) {
        reserve.accept(8L * steps);
        return new Column(rows.take(steps));
    }

    /// Takes back a column of [#newColumn].
    void giveBack(Column column) {
        rows.giveBack(column.values);
    }

    Worker take() {
        Worker worker = idle.poll();
        if (worker == null) {
            worker = kept.poll();
            if (worker == null) {
                worker = new Worker();
            }
            worker.begin(context, reserve, rows);
            all.add(worker);
        }
        return worker;
    }

    /// All there are; none of them may be at work.
    Iterable<Worker> all() {
        return all;
    }

    void giveBack(Worker worker) {
        idle.add(worker);
    }

    /// Leaves all to the next query; none of them may be at work.
    void close() {
        for (Worker worker : all) {
            worker.end();
            kept.keep(worker);
        }
    }
}
