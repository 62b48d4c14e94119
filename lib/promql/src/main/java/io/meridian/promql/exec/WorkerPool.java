package io.meridian.promql.exec;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The platform threads that all queries of an engine share. The thread that asks works along, so that nothing waits
/// for a free thread.
public final class WorkerPool implements AutoCloseable {
    private final int threads;
    private final ThreadPoolExecutor executor;
    private final Rows rows = new Rows();
    private final IdleWorkers idleWorkers;

    /// @param threads including the one that asks
    public WorkerPool(int threads) {
        this.threads = threads;
        idleWorkers = new IdleWorkers(2 * threads);
        var count = new AtomicInteger();
        executor = new ThreadPoolExecutor(
                Math.max(1, threads - 1),
                Math.max(1, threads - 1),
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> Thread.ofPlatform()
                        .daemon()
                        .name("promql-" + count.incrementAndGet())
                        .unstarted(task));
        executor.allowCoreThreadTimeOut(true);
    }

    /// Arrays that queries leave for the next.
    Rows rows() {
        return rows;
    }

    /// What queries leave for the next to work with.
    IdleWorkers idleWorkers() {
        return idleWorkers;
    }

    /// Runs the task on up to as many threads as there are shards, and returns when all of them are done with it.
    public void run(int shards, Runnable task) {
        int helpers = Math.min(threads, shards) - 1;
        if (helpers <= 0) {
            task.run();
            return;
        }
        var party = new Party(task);
        for (int i = 0; i < helpers; i++) {
            executor.execute(party);
        }
        try {
            task.run();
        } finally {
            party.close();
        }
    }

    /// Helpers that may join until it is closed.
    private static final class Party implements Runnable {
        private final Runnable task;
        private int active;
        private boolean closed;

        Party(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            synchronized (this) {
                if (closed) {
                    return;
                }
                active++;
            }
            try {
                task.run();
            } finally {
                synchronized (this) {
                    active--;
                    notifyAll();
                }
            }
        }

        synchronized void close() {
            closed = true;
            boolean interrupted = false;
            while (active > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
