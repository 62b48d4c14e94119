package io.meridian.promql.exec;

import java.util.concurrent.ConcurrentLinkedQueue;

/// The workers of one query; as many as threads ever worked on it at once.
final class Workers {
    private final ConcurrentLinkedQueue<Worker> idle = new ConcurrentLinkedQueue<>();

    Worker take() {
        Worker worker = idle.poll();
        return worker == null ? new Worker() : worker;
    }

    void giveBack(Worker worker) {
        idle.add(worker);
    }
}
