package io.meridian.promql.exec;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Workers that finished queries left, with their buffers, for those to come. Thread-safe.
final class IdleWorkers {
    private static final long WORKER_BYTES_MAX = 1 << 20;

    private final int most;
    private final ConcurrentLinkedQueue<Worker> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /// @param most so many are kept
    IdleWorkers(int most) {
        this.most = most;
    }

    @Nullable
    Worker poll() {
        Worker worker = idle.poll();
        if (worker != null) {
            count.decrementAndGet();
        }
        return worker;
    }

    /// Keeps a worker that has left its query, unless it has grown large.
    void keep(Worker worker) {
        if (count.get() < most && worker.retainedBytes() <= WORKER_BYTES_MAX) {
            count.incrementAndGet();
            idle.add(worker);
        }
    }
}
