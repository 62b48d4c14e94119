package io.meridian.compactor.downsample.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A device and the lanes into it, which all kernels of a process share.
final class CudaEngine implements AutoCloseable {
    /// Groups in flight. The host copies a group into pinned memory by one thread, several times slower than the device
    /// takes it from there.
    static final int IN_FLIGHT = 6;

    private final CudaDevice device;
    private final List<GroupDownsampler> lanes = new ArrayList<>();
    private final BlockingQueue<GroupDownsampler> free = new ArrayBlockingQueue<>(IN_FLIGHT);
    private final ExecutorService executor = Executors.newFixedThreadPool(
            IN_FLIGHT, Thread.ofPlatform().name("cuda-", 0).daemon().factory());

    private CudaEngine(CudaDevice device) {
        this.device = device;
    }

    /// @throws CudaException if the driver, or the device, refuses
    /// @throws LinkageError  if the bindings cannot be loaded
    static CudaEngine open() {
        var engine = new CudaEngine(CudaDevice.open());
        try {
            for (int i = 0; i < IN_FLIGHT; i++) {
                engine.lanes.add(new GroupDownsampler(engine.device));
            }
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
        engine.free.addAll(engine.lanes);
        return engine;
    }

    String deviceName() {
        return device.name();
    }

    ExecutorService executor() {
        return executor;
    }

    /// A lane that nobody uses: the executor has no more threads than there are lanes.
    GroupDownsampler take() {
        return free.remove();
    }

    void give(GroupDownsampler lane) {
        free.add(lane);
    }

    /// Waits for what is under way, then gives the device back. Errors are of no interest any more.
    @Override
    public void close() {
        executor.close();
        try {
            device.enter();
        } catch (CudaException e) {
            // The context is broken; its memory goes with it.
        }
        lanes.forEach(GroupDownsampler::close);
        device.close();
    }
}
