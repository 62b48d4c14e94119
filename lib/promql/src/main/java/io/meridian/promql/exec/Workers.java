package io.meridian.promql.exec;

import java.util.concurrent.ConcurrentLinkedQueue;

/// The workers of one query; as many as threads ever worked on it at once.
final class Workers {
    private final ConcurrentLinkedQueue<Worker> idle = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Worker> all = new ConcurrentLinkedQueue<>();

    Worker take() {
        Worker worker = idle.poll();
        if (worker == null) {
            worker = new Worker();
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
