package io.meridian.compactor.downsample.cuda;

import io.meridian.compactor.downsample.AggregateBatch;
import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.downsample.DownsampleKernel;
import io.meridian.compactor.downsample.RawBatch;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/// The kernel on a device, in groups of runs, several in flight. What the device cannot do, and whatever is left of a
/// batch when it fails, the CPU does with the same bits.
final class CudaKernel implements DownsampleKernel {
    private static final int BATCH_BYTES = 64 << 20;

    private final DownsampleDevices devices;
    private final CpuKernel cpu;
    private final long samplesMin;
    private final RawBatch rest = new RawBatch();
    private Outputs outputs = new Outputs();
    /// Of the call before: its caller may still read them.
    private Outputs lastOutputs = new Outputs();
    private final List<AggregateBatch> fromCpu = new ArrayList<>();

    /// Of the groups of a batch: what the device made of them, and, where it left some to the CPU, all.
    private static final class Outputs {
        final List<AggregateBatch> fromDevice = new ArrayList<>();
        final List<AggregateBatch> completed = new ArrayList<>();
    }

    /// @param samplesMin batches of fewer samples are the CPU's
    CudaKernel(DownsampleDevices devices, CpuKernel cpu, long samplesMin) {
        this.devices = devices;
        this.cpu = cpu;
        this.samplesMin = samplesMin;
    }

    @Override
    public String device() {
        return "cuda";
    }

    @Override
    public int batchBytes() {
        return BATCH_BYTES;
    }

    @Override
    public List<AggregateBatch> downsample(RawBatch batch, long resolutionMs) {
        var engine = batch.samples(0, batch.runs()) < samplesMin ? null : devices.acquire();
        if (engine == null) {
            return cpu.downsample(batch, resolutionMs);
        }
        try {
            return downsample(engine, batch, resolutionMs);
        } finally {
            devices.release(engine);
        }
    }

    private List<AggregateBatch> downsample(CudaEngine engine, RawBatch batch, long resolutionMs) {
        var own = lastOutputs;
        lastOutputs = outputs;
        outputs = own;
        var groups = RunGroup.of(batch, CudaEngine.IN_FLIGHT);
        var pending = new ArrayList<Future<BitSet>>();
        for (int i = 0; i < groups.size(); i++) {
            var group = groups.get(i);
            var out = output(own.fromDevice, i);
            pending.add(engine.executor().submit(() -> onDevice(engine, batch, group, resolutionMs, out)));
        }
        var results = new ArrayList<AggregateBatch>();
        boolean interrupted = false;
        RuntimeException failure = null;
        for (int i = 0; i < groups.size(); i++) {
            // The lanes read the batch: none may be left behind, whatever happens.
            while (true) {
                try {
                    BitSet forCpu = pending.get(i).get();
                    if (failure == null && !interrupted) {
                        results.add(
                                forCpu.isEmpty()
                                        ? own.fromDevice.get(i)
                                        : complete(batch, groups.get(i), forCpu, i, resolutionMs));
                    }
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    failure = e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
                    break;
                } catch (RuntimeException e) {
                    failure = e;
                    break;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while downsampling");
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    /// The runs of the group that are left to the CPU.
    private BitSet onDevice(CudaEngine engine, RawBatch batch, RunGroup group, long resolutionMs, AggregateBatch out) {
        out.clear();
        if (group.isForDevice() && devices.isSound(engine)) {
            var lane = engine.take();
            try {
                return (BitSet) lane.downsample(batch, group, resolutionMs, out).clone();
            } catch (CudaException e) {
                devices.failed(engine, e);
            } finally {
                engine.give(lane);
            }
            out.clear();
        }
        for (int run = group.fromRun(); run < group.toRun(); run++) {
            out.endRun();
        }
        var all = new BitSet();
        all.set(0, group.toRun() - group.fromRun());
        return all;
    }

    /// The group's runs, those that the device left out computed here.
    private AggregateBatch complete(RawBatch batch, RunGroup group, BitSet forCpu, int number, long resolutionMs) {
        rest.clear();
        for (int run = forCpu.nextSetBit(0); run >= 0; run = forCpu.nextSetBit(run + 1)) {
            int source = group.fromRun() + run;
            for (int chunk = batch.firstChunk(source); chunk < batch.endChunk(source); chunk++) {
                rest.addChunk(batch.array(), batch.chunkOffset(chunk), batch.chunkLength(chunk));
            }
            rest.endRun();
        }
        var shards = cpu.downsample(rest, resolutionMs, fromCpu);
        int shard = 0;
        int next = 0;
        AggregateBatch done = outputs.fromDevice.get(number);
        AggregateBatch out = output(outputs.completed, number);
        out.clear();
        for (int run = 0; run < done.runs(); run++) {
            if (!forCpu.get(run)) {
                out.addRun(done, run);
                continue;
            }
            while (next == shards.get(shard).runs()) {
                shard++;
                next = 0;
            }
            out.addRun(shards.get(shard), next++);
        }
        return out;
    }

    private static AggregateBatch output(List<AggregateBatch> outputs, int number) {
        while (outputs.size() <= number) {
            outputs.add(new AggregateBatch());
        }
        return outputs.get(number);
    }

    @Override
    public void close() {
        cpu.close();
    }
}
