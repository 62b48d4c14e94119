package io.meridian.querier.json;

/// Threads that share a piece of work.
@FunctionalInterface
public interface Parallel {
    /// Runs the task on this thread, and on others that have nothing else to do, so many in all at most. Returns when
    /// all of them are done with it.
    void run(int threadsMax, Runnable task);
}
