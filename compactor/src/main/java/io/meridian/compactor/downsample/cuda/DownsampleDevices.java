package io.meridian.compactor.downsample.cuda;

import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.downsample.DownsampleKernel;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What downsamples in this process: the CPU, or a CUDA device and the CPU behind it. Thread-safe.
public final class DownsampleDevices implements AutoCloseable {
    /// `--downsample.device`.
    public enum Choice {
        /// CUDA where there is a driver and a device, for batches that are worth it.
        AUTO,
        CPU,
        /// CUDA for every batch; the CPU where that fails.
        CUDA;

        /// @throws IllegalArgumentException if there is no such choice
        public static Choice parse(String text) {
            for (var choice : values()) {
                if (choice.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return choice;
                }
            }
            throw new IllegalArgumentException("--downsample.device: use auto, cpu or cuda, not \"" + text + "\"");
        }
    }

    private static final Logger log = LoggerFactory.getLogger(DownsampleDevices.class);

    /// Below this many samples, launches and copies cost more than the CPU's work.
    private static final long AUTO_SAMPLES_MIN = 1_000_000;

    private static final Duration REST_AFTER_FAILURE = Duration.ofMinutes(10);

    private final Choice choice;
    private final int workers;
    private final Duration rest;
    private final Consumer<String> onFallback;
    private @Nullable CudaEngine engine;
    private int users;
    private boolean sound;
    private boolean available;
    private long retryNanos;

    /// @param workers    threads of each kernel on the CPU
    /// @param onFallback hears why the CPU does what CUDA was to do: `unavailable` once, `error` for each failure
    public static DownsampleDevices open(Choice choice, int workers, Consumer<String> onFallback) {
        return open(choice, workers, REST_AFTER_FAILURE, onFallback);
    }

    /// @param rest how long a device that failed is left alone
    static DownsampleDevices open(Choice choice, int workers, Duration rest, Consumer<String> onFallback) {
        var devices = new DownsampleDevices(choice, workers, rest, onFallback);
        if (choice != Choice.CPU) {
            devices.find();
        }
        return devices;
    }

    private DownsampleDevices(Choice choice, int workers, Duration rest, Consumer<String> onFallback) {
        this.choice = choice;
        this.workers = workers;
        this.rest = rest;
        this.onFallback = onFallback;
    }

    private void find() {
        String reason = CudaProbe.reasonAgainst();
        if (reason.isEmpty()) {
            try {
                engine = CudaEngine.open();
                sound = true;
                available = true;
                log.info("blocks are downsampled on {}", engine.deviceName());
                return;
            } catch (CudaException | LinkageError e) {
                reason = String.valueOf(e.getMessage());
            }
        }
        if (choice == Choice.CUDA) {
            onFallback.accept("unavailable");
            log.warn("--downsample.device=cuda, but {}: the CPU downsamples", reason);
        } else {
            log.info("the CPU downsamples: {}", reason);
        }
    }

    /// A kernel for one thread; closed by the caller, before these devices.
    public DownsampleKernel kernel() {
        var cpu = new CpuKernel(workers);
        return available ? new CudaKernel(this, cpu, choice == Choice.CUDA ? 0 : AUTO_SAMPLES_MIN) : cpu;
    }

    /// The device, for one batch; none while it is left alone.
    synchronized @Nullable CudaEngine acquire() {
        if (engine == null && System.nanoTime() - retryNanos >= 0) {
            try {
                engine = CudaEngine.open();
                sound = true;
            } catch (CudaException e) {
                report(e);
            }
        }
        if (engine == null || !sound) {
            return null;
        }
        users++;
        return engine;
    }

    synchronized void release(CudaEngine used) {
        users--;
        if (users == 0 && !sound) {
            used.close();
            engine = null;
        }
    }

    synchronized boolean isSound(CudaEngine used) {
        return used == engine && sound;
    }

    /// The first failure of a device is told; it is left alone from then on.
    synchronized void failed(CudaEngine used, CudaException cause) {
        if (isSound(used)) {
            sound = false;
            report(cause);
        }
    }

    private void report(CudaException cause) {
        retryNanos = System.nanoTime() + rest.toNanos();
        onFallback.accept("error");
        log.warn(
                "CUDA failed, the CPU finishes the batch, and the device is left alone for {}: {}",
                rest,
                cause.getMessage());
    }

    @Override
    public synchronized void close() {
        if (engine != null && users == 0) {
            engine.close();
            engine = null;
        }
        available = false;
    }
}
