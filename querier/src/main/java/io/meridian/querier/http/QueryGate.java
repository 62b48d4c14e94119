package io.meridian.querier.http;

import io.meridian.model.Fault;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Lets in so many queries at once (`--query.max-concurrent`), the others wait in their order. Those inside run on
/// platform threads, so that the virtual threads of requests only ever wait.
public final class QueryGate implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final int concurrencyMax;
    private final Semaphore places;
    private final ExecutorService threads;

    public QueryGate(int concurrencyMax) {
        this.concurrencyMax = concurrencyMax;
        this.places = new Semaphore(concurrencyMax, true);
        this.threads = Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("query-", 0).factory());
    }

    /// Queries inside.
    public int running() {
        return concurrencyMax - places.availablePermits();
    }

    public int concurrencyMax() {
        return concurrencyMax;
    }

    /// Does the work once there is a place.
    ///
    /// @throws QueryException if the query is cancelled or out of time before
    <T> T call(QueryContext context, Supplier<T> work) {
        enter(context);
        try {
            Future<T> future = threads.submit(work::get);
            try {
                return future.get();
            } catch (InterruptedException e) {
                context.cancel();
                Thread.currentThread().interrupt();
                throw new QueryException(Fault.CANCELLED, "query was canceled in expression evaluation", e);
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case RuntimeException failure -> throw failure;
                    case Error failure -> throw failure;
                    case null, default -> throw new CancellationException(e.toString());
                }
            }
        } finally {
            places.release();
        }
    }

    private void enter(QueryContext context) {
        try {
            while (!places.tryAcquire(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
                if (context.isCancelled()) {
                    throw new QueryException(Fault.CANCELLED, "query was canceled in query queue");
                }
                if (context.remainingNanos() <= 0) {
                    throw new QueryException(Fault.TIMED_OUT, "query timed out in query queue");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryException(Fault.CANCELLED, "query was canceled in query queue", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
