package io.meridian.storegateway;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Waits for many things at once, on virtual threads.
final class Parallel {
    private Parallel() {}

    interface Task<T> {
        void run(T item) throws IOException;
    }

    /// Runs the task for every item, so many at a time.
    ///
    /// @throws IOException or a RuntimeException, the first that a task threw; the others are cancelled
    static <T> void forEach(Collection<T> items, int concurrency, Task<T> task) throws IOException {
        var permits = new Semaphore(concurrency);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> futures = new ArrayList<>(items.size());
            for (T item : items) {
                futures.add(executor.submit(() -> {
                    permits.acquire();
                    try {
                        task.run(item);
                        return item;
                    } finally {
                        permits.release();
                    }
                }));
            }
            try {
                for (Future<T> future : futures) {
                    future.get();
                }
            } catch (ExecutionException e) {
                futures.forEach(future -> future.cancel(true));
                switch (e.getCause()) {
                    case IOException cause -> throw cause;
                    case RuntimeException cause -> throw cause;
                    case Error cause -> throw cause;
                    case null, default -> throw new IOException(e);
                }
            } catch (InterruptedException e) {
                futures.forEach(future -> future.cancel(true));
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for object storage");
            }
        }
    }
}
