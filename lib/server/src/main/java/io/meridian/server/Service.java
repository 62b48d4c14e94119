package io.meridian.server;

import io.meridian.server.flag.Flags;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One process from start to end. Parts register how they stop; they are stopped in reverse order, once, on SIGTERM,
/// SIGINT, [#stop] or [#fail].
///
/// {@snippet :
/// try (var service = Service.create("store")) {
///     HttpEndpoint.builder(service).web(webFlags)….serve(httpFlags);
///     service.probes().ready("store");
///     return service.awaitTermination();
/// }
/// }
public final class Service implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Service.class);

    /// Stops one part of the process.
    @FunctionalInterface
    public interface Stopper {
        void stop() throws Exception;
    }

    private record Part(String name, Stopper stopper) {}

    private final String name;
    private final Vertx vertx;
    private final Metrics metrics;
    private final Probes probes = new Probes();
    private final Deque<Part> parts = new ArrayDeque<>();
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicInteger exitCode = new AtomicInteger();
    private final Thread hook = Thread.ofPlatform().name("shutdown").unstarted(this::shutDownFromSignal);

    private Service(String name, Vertx vertx, Metrics metrics) {
        this.name = name;
        this.vertx = vertx;
        this.metrics = metrics;
    }

    /// A service without servers yet.
    ///
    /// @param name of the command, for logs
    public static Service create(String name) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        var service = new Service(name, vertx, new Metrics().withProcess(Flags.Version.current()));
        Runtime.getRuntime().addShutdownHook(service.hook);
        return service;
    }

    public Vertx vertx() {
        return vertx;
    }

    public Metrics metrics() {
        return metrics;
    }

    public Probes probes() {
        return probes;
    }

    /// Registers how a part stops. Later parts stop first.
    public synchronized void onStop(String part, Stopper stopper) {
        parts.push(new Part(part, stopper));
    }

    /// Asks the process to end; returns at once.
    public void stop() {
        stopRequested.countDown();
    }

    /// Asks the process to end with exit code 1; returns at once.
    public void fail(String what, Throwable cause) {
        log.error("{} failed, shutting down", what, cause);
        exitCode.set(1);
        stopRequested.countDown();
    }

    /// Waits for SIGTERM, SIGINT, [#stop] or [#fail], then stops every part.
    ///
    /// @return the exit code
    public int awaitTermination() throws InterruptedException {
        stopRequested.await();
        close();
        return exitCode.get();
    }

    private void shutDownFromSignal() {
        log.info("signal received, shutting down");
        stop();
        close();
        try {
            if (!stopped.await(1, TimeUnit.HOURS)) {
                log.error("shutdown did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A JVM that a signal ends would exit with 143, although everything was drained in order.
        Runtime.getRuntime().halt(exitCode.get());
    }

    /// Stops every part now; a second call does nothing.
    @Override
    public void close() {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        probes.stopping();
        while (true) {
            Part part = nextPart();
            if (part == null) {
                break;
            }
            long start = System.nanoTime();
            try {
                part.stopper().stop();
                log.debug(
                        "stopped {} in {} ms",
                        part.name(),
                        Duration.ofNanos(System.nanoTime() - start).toMillis());
            } catch (Exception e) {
                log.warn("stopping {} failed", part.name(), e);
            }
        }
        closeVertx();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shutdownHasBegun) {
            // The hook waits for `stopped` and ends the process itself.
        }
        log.info("{} stopped", name);
        stopped.countDown();
    }

    private void closeVertx() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            log.warn("closing the event loops failed", e);
        }
    }

    private synchronized @org.jspecify.annotations.Nullable Part nextPart() {
        return parts.poll();
    }
}
