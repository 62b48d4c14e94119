package io.meridian.promql.exec;

import io.meridian.model.QueryContext;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;

/// The workers of one query; as many as threads ever worked on it at once.
final class Workers {
    private final QueryContext context;
    private final LongConsumer reserve;
    private final ConcurrentLinkedQueue<Worker> idle = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Worker> all = new ConcurrentLinkedQueue<>();

    /// @param reserve told of bytes before they are allocated
    Workers(QueryContext context, LongConsumer reserve) {
        this.context = context;
        this.reserve = reserve;
    }

    /// A column of unknown content.
    Column newColumn(int steps) {
        reserve.accept(8L * steps);
        return new Column(steps);
    }

    Worker take() {
        Worker worker = idle.poll();
        if (worker == null) {
            worker = new Worker(context, reserve);
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
}
