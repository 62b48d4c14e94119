package io.meridian.compactor.downsample;

import io.meridian.compactor.merge.Background;
import io.meridian.compactor.merge.BlockOutput;
import io.meridian.compactor.merge.CarriedWindows;
import io.meridian.compactor.merge.RecordCursor;
import io.meridian.compactor.plan.Resolutions;
import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Blocks → the same blocks at a coarser resolution. Series come in order, are collected into batches, the float ones
/// go through the kernel together while the next ones are collected, and are written in order. Small blocks share a
/// batch, so that a device is busy. Not thread-safe.
public final class BlockDownsampler {
    private static final int READ_BYTES_MAX = 4 << 20;

    private final DownsampleKernel kernel;
    private final SeriesCollector collector = new SeriesCollector();
    private final DownsampleBatch even = new DownsampleBatch();
    private final DownsampleBatch odd = new DownsampleBatch();
    private @Nullable Running running;

    public BlockDownsampler(DownsampleKernel kernel) {
        this.kernel = kernel;
    }

    /// One block to be made.
    ///
    /// @param block        stays open until all is done
    /// @param resolutionMs 300,000 of raw blocks, 3,600,000 of either
    /// @param carried      windows that the block itself does not give any more
    public record Job(
            Block block,
            long resolutionMs,
            BlockId id,
            BlockOutput output,
            @Nullable CarriedWindows carried) {
        public Job(Block block, long resolutionMs, BlockId id, BlockOutput output) {
            this(block, resolutionMs, id, output, null);
        }

        public Job {
            long fromMs = block.meta().thanos().resolutionMs();
            if (resolutionMs <= fromMs || !Resolutions.isKnown(resolutionMs)) {
                throw new IllegalArgumentException("block %s has resolution %s, %s cannot be made of it"
                        .formatted(block.meta().id(), Resolutions.name(fromMs), Resolutions.name(resolutionMs)));
            }
        }
    }

    /// A batch at the kernel.
    private record Running(DownsampleBatch batch, Background<List<AggregateBatch>> results) {}

    /// Writes the downsampled block into `directory`, which must not exist, meta.json last.
    ///
    /// @throws IllegalArgumentException if the block's resolution is not finer
    /// @throws CorruptDataException     if the block cannot be read
    public BlockMeta downsample(Block block, long resolutionMs, BlockId id, Path directory, QueryContext context)
            throws IOException {
        var job = new Job(block, resolutionMs, id, BlockOutput.directory(directory));
        return downsample(List.of(job), Integer.MAX_VALUE, context).getFirst();
    }

    /// All of the jobs, or none: whatever is wrong with one of them ends all.
    ///
    /// @param batchBytesMax about how many bytes of chunks may be read at once, and downsampled at once
    /// @return what was written, in the order of the jobs
    public List<BlockMeta> downsample(List<Job> jobs, int batchBytesMax, QueryContext context) throws IOException {
        int batchBytes = Math.min(kernel.batchBytes(), batchBytesMax / 2);
        var targets = new ArrayList<DownsampleTarget>();
        try {
            var batch = even;
            batch.clear(jobs.isEmpty() ? 0 : jobs.getFirst().resolutionMs());
            for (var job : jobs) {
                if (job.resolutionMs() != batch.resolutionMs()) {
                    batch = start(batch);
                    batch.clear(job.resolutionMs());
                }
                var target = new DownsampleTarget(job);
                targets.add(target);
                batch = collect(job, target, batch, batchBytes, context);
                batch.end(target);
            }
            start(batch);
            finishRunning();
            var metas = new ArrayList<BlockMeta>();
            for (var target : targets) {
                metas.add(target.meta());
            }
            return metas;
        } finally {
            giveUp();
            for (var target : targets) {
                target.close();
            }
        }
    }

    /// Adds the series of a block to the batch, and hands it to the kernel whenever it is full.
    ///
    /// @return the batch that is not full yet
    private DownsampleBatch collect(
            Job job, DownsampleTarget target, DownsampleBatch first, int batchBytes, QueryContext context)
            throws IOException {
        var batch = first;
        long fromMs = job.block().meta().thanos().resolutionMs();
        int readBytes = Math.min(batchBytes, READ_BYTES_MAX);
        try (var cursor = new RecordCursor(job.block(), DownsampleTarget.SOURCE, target.union(), readBytes, context)) {
            while (cursor.next()) {
                context.check();
                collector.collect(cursor, fromMs, batch);
                batch.endSeries(target, cursor);
                if (batch.sizeBytes() >= batchBytes) {
                    batch = start(batch);
                    batch.clear(job.resolutionMs());
                }
            }
        }
        return batch;
    }

    /// Hands a batch to the kernel once that is done with the one before, and writes that one meanwhile.
    ///
    /// @return a batch to go on with
    private DownsampleBatch start(DownsampleBatch batch) throws IOException {
        var before = running;
        var results = before == null ? List.<AggregateBatch>of() : before.results.result();
        running = new Running(
                batch,
                Background.start(
                        "downsample-batch",
                        () -> batch.raw.runs() == 0 ? List.of() : kernel.downsample(batch.raw, batch.resolutionMs())));
        if (before != null) {
            before.batch.write(results);
        }
        return batch == even ? odd : even;
    }

    private void finishRunning() throws IOException {
        if (running == null) {
            return;
        }
        var results = running.results.result();
        running.batch.write(results);
        running = null;
    }

    /// Waits for the kernel after a failure: it reads the batch.
    private void giveUp() {
        if (running != null) {
            running.results.join();
            running = null;
        }
    }
}
