package io.meridian.server;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Platform threads for work that computes, behind a gate that lets in so many callers at once. Callers wait on virtual
/// threads; event loops never come here.
public final class WorkerPool implements AutoCloseable {
    private final ExecutorService executor;
    private final Semaphore gate;
    private final int threadCount;

    /// @param name          of the threads
    /// @param threadCount   platform threads
    /// @param callersMax    callers inside [#call] at once; more of them wait
    public WorkerPool(String name, int threadCount, int callersMax) {
        ThreadFactory threads = Thread.ofPlatform().daemon().name(name + "-", 0).factory();
        this.executor = Executors.newFixedThreadPool(threadCount, threads);
        this.gate = new Semaphore(callersMax, true);
        this.threadCount = threadCount;
    }

    public int threadCount() {
        return threadCount;
    }

    /// Callers that wait at the gate now.
    public int waiting() {
        return gate.getQueueLength();
    }

    /// Callers inside now, of `callersMax`.
    public int available() {
        return gate.availablePermits();
    }

    /// The threads themselves, for work already let in that splits into parts.
    public ExecutorService executor() {
        return executor;
    }

    /// Waits for a place, runs the work on a pool thread, and waits for its result.
    ///
    /// @throws TimeoutException if no place came free in time
    public <T> T call(Callable<T> work, long waitMax, TimeUnit unit) throws Exception {
        if (!gate.tryAcquire(waitMax, unit)) {
            throw new TimeoutException("no worker came free in " + unit.toMillis(waitMax) + " ms");
        }
        try {
            Future<T> future = executor.submit(work);
            try {
                return future.get();
            } catch (InterruptedException e) {
                future.cancel(true);
                throw e;
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new CancellationException(e.toString());
        } finally {
            gate.release();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
