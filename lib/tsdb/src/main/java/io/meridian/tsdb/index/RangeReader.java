package io.meridian.tsdb.index;

import io.meridian.model.QueryContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Reads the parts of a plan, several at once where the cost says so, into the heap.
public final class RangeReader {
    /// Called once per part, for different parts from different threads.
    @FunctionalInterface
    public interface PartVisitor {
        void visit(RangePlan.Part part, byte[] bytes) throws IOException;
    }

    private RangeReader() {}

    public static void read(ByteSource source, List<RangePlan.Part> parts, QueryContext context, PartVisitor visitor)
            throws IOException {
        if (parts.size() <= 1 || source.cost().parallel() <= 1) {
            for (RangePlan.Part part : parts) {
                readPart(source, part, context, visitor);
            }
            return;
        }
        var permits = new Semaphore(source.cost().parallel());
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = parts.stream()
                    .map(part -> executor.submit(() -> {
                        permits.acquire();
                        try {
                            readPart(source, part, context, visitor);
                        } finally {
                            permits.release();
                        }
                        return part;
                    }))
                    .toList();
            try {
                for (var future : running) {
                    await(future);
                }
            } catch (IOException | RuntimeException e) {
                running.forEach(future -> future.cancel(true));
                throw e;
            }
        }
    }

    /// Something that reads.
    @FunctionalInterface
    public interface Work {
        void run() throws IOException;
    }

    /// Runs all of it side by side; the first failure cancels the rest.
    public static void together(List<Work> all) throws IOException {
        if (all.size() <= 1) {
            for (Work work : all) {
                work.run();
            }
            return;
        }
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = all.stream()
                    .map(work -> executor.submit(() -> {
                        work.run();
                        return work;
                    }))
                    .toList();
            try {
                for (var future : running) {
                    await(future);
                }
            } catch (IOException | RuntimeException e) {
                running.forEach(future -> future.cancel(true));
                throw e;
            }
        }
    }

    /// Waits for what another thread does; what that throws is thrown here.
    public static <T> T await(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case UncheckedIOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IOException(e);
            }
        }
    }

    private static void readPart(ByteSource source, RangePlan.Part part, QueryContext context, PartVisitor visitor)
            throws IOException {
        context.check();
        byte[] bytes = source.readBytes(part.offset(), Math.toIntExact(part.length()));
        context.countRead(1, bytes.length);
        visitor.visit(part, bytes);
    }
}
