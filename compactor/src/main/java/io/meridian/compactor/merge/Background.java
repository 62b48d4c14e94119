package io.meridian.compactor.merge;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Work on a thread of its own, for one who takes its result later.
public final class Background<T> {
    private final FutureTask<T> task;

    private Background(FutureTask<T> task) {
        this.task = task;
    }

    public static <T> Background<T> start(String threadName, Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().name(threadName).start(task);
        return new Background<>(task);
    }

    /// Waits for the result; what the work has thrown is thrown here.
    public T result() throws IOException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for other threads", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IOException(e);
            }
        }
    }

    /// Waits until the work has ended, however it ends.
    public void join() {
        boolean interrupted = false;
        while (!task.isDone()) {
            try {
                task.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                break; // nobody wants its result any more
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
