package io.meridian.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// The process's metrics, as `/metrics` shows them. Names are given as they appear there, without `_total` or
/// `_seconds`: those are added by kind.
public final class Metrics {
    /// What a Prometheus scraper is told that the text is.
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, BucketMetrics> buckets = new ConcurrentHashMap<>();

    /// Adds what the JVM and the operating system tell about the process, and the build.
    public Metrics withProcess(String version) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        if (ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads) {
            FunctionCounter.builder(
                            "jvm_memory_allocated_bytes",
                            threads,
                            com.sun.management.ThreadMXBean::getTotalThreadAllocatedBytes)
                    .description("Bytes allocated in the heap since the process started.")
                    .register(registry);
        }
        Info.builder()
                .name("thanos_build_info")
                .help("Version of this build.")
                .labelNames("version")
                .register(registry.getPrometheusRegistry())
                .setLabelValues(version);
        return this;
    }

    /// The registry, for what this class does not offer.
    public MeterRegistry registry() {
        return registry;
    }

    /// A number that only grows; `_total` is added to the name.
    ///
    /// @param tags name, value, name, value, …
    public Counter counter(String name, String help, String... tags) {
        return Counter.builder(name).description(help).tags(tags).register(registry);
    }

    /// A number read when scraped. The supplier is kept.
    public void gauge(String name, String help, Supplier<Number> value, String... tags) {
        Gauge.builder(name, value)
                .description(help)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    /// A histogram of durations; `_seconds` is added to the name.
    public Timer timer(String name, String help, String... tags) {
        return Timer.builder(name)
                .description(help)
                .tags(tags)
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(10),
                        Duration.ofMillis(100),
                        Duration.ofMillis(300),
                        Duration.ofMillis(600),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(120))
                .register(registry);
    }

    /// Those of a bucket, which components of one process may share.
    public BucketMetrics bucket(String name) {
        return buckets.computeIfAbsent(name, key -> new BucketMetrics(this, key));
    }

    /// Runs the work and records how long it took, also when it fails.
    public <T> T timed(Timer timer, Callable<T> work) throws Exception {
        long start = System.nanoTime();
        try {
            return work.call();
        } finally {
            timer.record(Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /// The text of `/metrics`. Made on a platform thread: the writers that the JDK gives to virtual threads begin small
    /// and are copied with every few characters, 20 MB in all.
    public String scrape() {
        if (!Thread.currentThread().isVirtual()) {
            return registry.scrape();
        }
        var text = new FutureTask<>(registry::scrape);
        Thread.ofPlatform().daemon().name("metrics").start(text);
        try {
            return text.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while metrics were read", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("metrics cannot be read", e.getCause());
        }
    }
}
