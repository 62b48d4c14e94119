package io.meridian.querier.json;

import java.util.function.IntConsumer;

/// Threads that share a piece of work.
@FunctionalInterface
public interface Parallel {
    /// Runs the body once for each number from 0 to `count - 1`, in any order, and returns when all is done.
    void forEach(int count, IntConsumer body);
}
