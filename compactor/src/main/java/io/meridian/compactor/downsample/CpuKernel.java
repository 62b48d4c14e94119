package io.meridian.compactor.downsample;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The kernel on all cores: runs are cut into shards of about equal bytes, one worker each.
public final class CpuKernel implements DownsampleKernel {
    private static final int SHARDS_PER_WORKER = 4;
    private static final int SHARD_BYTES_MIN = 64 << 10;

    private final int workers;
    private final ExecutorService executor;
    private final List<RawFloatDownsampler> downsamplers = new ArrayList<>();
    private List<AggregateBatch> outputs = new ArrayList<>();
    /// Of the call before: its caller may still read them.
    private List<AggregateBatch> lastOutputs = new ArrayList<>();

    /// @param workers threads that compute; the caller only waits
    public CpuKernel(int workers) {
        this.workers = workers;
        executor = Executors.newFixedThreadPool(
                workers, Thread.ofPlatform().name("downsample-", 0).daemon().factory());
    }

    @Override
    public String device() {
        return "cpu";
    }

    @Override
    public List<AggregateBatch> downsample(RawBatch batch, long resolutionMs) {
        var own = lastOutputs;
        lastOutputs = outputs;
        outputs = own;
        return downsample(batch, resolutionMs, own);
    }

    /// As above, into batches of the caller, more of which are made as they are needed.
    public List<AggregateBatch> downsample(RawBatch batch, long resolutionMs, List<AggregateBatch> own) {
        int shardBytes = Math.max(SHARD_BYTES_MIN, batch.sizeBytes() / (workers * SHARDS_PER_WORKER) + 1);
        var pending = new ArrayList<Future<?>>();
        for (int from = 0; from < batch.runs(); ) {
            int to = from + 1;
            int bytes = runBytes(batch, from);
            while (to < batch.runs() && bytes < shardBytes) {
                bytes += runBytes(batch, to);
                to++;
            }
            pending.add(submit(batch, from, to, resolutionMs, output(own, pending.size())));
            from = to;
        }
        RuntimeException failure = null;
        for (var future : pending) {
            try {
                future.get();
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                pending.forEach(other -> other.cancel(true));
                throw new IllegalStateException("interrupted while downsampling", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return own.subList(0, pending.size());
    }

    private static AggregateBatch output(List<AggregateBatch> outputs, int shard) {
        if (outputs.size() == shard) {
            outputs.add(new AggregateBatch());
        }
        AggregateBatch out = outputs.get(shard);
        out.clear();
        return out;
    }

    private Future<?> submit(RawBatch batch, int from, int to, long resolutionMs, AggregateBatch out) {
        return executor.submit(() -> {
            RawFloatDownsampler downsampler = take();
            try {
                for (int run = from; run < to; run++) {
                    downsampler.downsample(batch, run, resolutionMs, out);
                }
            } finally {
                give(downsampler);
            }
        });
    }

    private RawFloatDownsampler take() {
        synchronized (downsamplers) {
            return downsamplers.isEmpty() ? new RawFloatDownsampler() : downsamplers.removeLast();
        }
    }

    private void give(RawFloatDownsampler downsampler) {
        synchronized (downsamplers) {
            downsamplers.add(downsampler);
        }
    }

    private static int runBytes(RawBatch batch, int run) {
        int sum = 0;
        for (int chunk = batch.firstChunk(run); chunk < batch.endChunk(run); chunk++) {
            sum += batch.chunkLength(chunk);
        }
        return sum;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
