package io.meridian.compactor;

import io.meridian.compactor.downsample.BlockDownsampler;
import io.meridian.compactor.downsample.DownsampleKernel;
import io.meridian.compactor.merge.CarriedWindows;
import io.meridian.compactor.merge.MergedMeta;
import io.meridian.compactor.plan.DownsampleSchedule;
import io.meridian.compactor.plan.Resolutions;
import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Downsamples what is due of one stream: several blocks share a batch, so that a device is busy. Where one of them
/// cannot be done, they are done one by one, and that one is set aside.
final class StreamDownsampler {
    private static final Logger log = LoggerFactory.getLogger(StreamDownsampler.class);
    private static final int BLOCKS_MAX = 8;
    /// A block with more keeps a device busy alone.
    private static final long SAMPLES_MAX = 50_000_000;

    private final StreamBlocks stream;
    private final Workplace workplace;
    private final DownsampleKernel kernel;
    private final DownsampleSchedule schedule;
    /// Blocks that were downsampled in this run: whatever the bucket says, none is done twice.
    private final Set<BlockId> done = new HashSet<>();

    StreamDownsampler(StreamBlocks stream, Workplace workplace, DownsampleKernel kernel) {
        this.stream = stream;
        this.workplace = workplace;
        this.kernel = kernel;
        this.schedule = workplace.options().schedule();
    }

    void run(long resolutionMs) throws IOException {
        while (true) {
            var due = next(resolutionMs);
            if (due.isEmpty()) {
                return;
            }
            var left = due.size() == 1 ? due : downsample(due);
            for (var step : left) {
                downsample(step);
            }
        }
    }

    /// What is done together.
    private List<DownsampleSchedule.Step> next(long resolutionMs) {
        var together = new ArrayList<DownsampleSchedule.Step>();
        long samples = 0;
        for (var step : schedule.due(
                stream.blocks,
                stream.noDownsample,
                stream.noCompact,
                stream.unsound(),
                workplace.clock().millis())) {
            if (step.block().thanos().resolutionMs() != resolutionMs
                    || done.contains(step.block().id())) {
                continue;
            }
            samples += Math.max(0, step.block().stats().numSamples());
            if (!together.isEmpty() && (together.size() == BLOCKS_MAX || samples > SAMPLES_MAX || samples < 0)) {
                break;
            }
            together.add(step);
        }
        return together;
    }

    /// A block being made.
    private final class Work implements AutoCloseable {
        final DownsampleSchedule.Step step;
        final BlockId id = BlockId.generate(workplace.clock().millis());
        final Path folder = workplace.scratch().resolve(id.toString());
        final BucketOutput output;
        final int readBytes;
        private final List<WorkInput> inputs = new ArrayList<>();
        private @Nullable CarriedWindows carried;

        /// @param together how many share the memory
        Work(DownsampleSchedule.Step step, int together) throws BudgetException {
            var options = workplace.options();
            var limits = options.limits().among(together);
            this.step = step;
            this.output = new BucketOutput(
                    workplace.store(), id, folder, options.merging().withHashes(), limits);
            this.readBytes = limits.readBytes(2);
        }

        BlockDownsampler.Job open() throws IOException {
            Files.createDirectories(folder);
            Block block = open(step.block());
            var trimmed = MergedMeta.trimmed(step.block());
            var replaced = trimmed.isEmpty() ? List.<BlockMeta>of() : replaced(step);
            if (!replaced.isEmpty()) {
                var old = new ArrayList<Block>();
                for (var meta : replaced) {
                    old.add(open(meta));
                }
                carried = new CarriedWindows(old, trimmed, readBytes, QueryContext.unlimited());
            }
            return new BlockDownsampler.Job(block, step.resolutionMs(), id, output, carried);
        }

        private Block open(BlockMeta meta) throws IOException {
            var input = WorkInput.open(workplace.store().bucket(), meta.id(), folder, readBytes);
            inputs.add(input);
            output.addInputScratch(input.scratchBytes());
            return input.block();
        }

        void closeInputs() {
            if (carried != null) {
                carried.close();
            }
            inputs.forEach(WorkInput::close);
            inputs.clear();
        }

        @Override
        public void close() {
            closeInputs();
            output.close();
            Scratch.delete(folder);
        }
    }

    /// The blocks of the new one's resolution that it replaces: all that they are made of is in it.
    private List<BlockMeta> replaced(DownsampleSchedule.Step step) {
        var sources = new HashSet<>(step.block().compaction().sources());
        return stream.group(step.resolutionMs()).stream()
                .filter(old -> sources.containsAll(old.compaction().sources())
                        && !old.compaction().sources().isEmpty()
                        && !stream.noDownsample.contains(old.id())
                        && step.block().minTimeMs() <= old.minTimeMs()
                        && old.maxTimeMs() <= step.block().maxTimeMs())
                .toList();
    }

    /// @return what is left to be done one by one
    private List<DownsampleSchedule.Step> downsample(List<DownsampleSchedule.Step> steps) throws IOException {
        Instant started = workplace.clock().instant();
        var works = new ArrayList<Work>();
        int done = 0;
        try {
            var jobs = new ArrayList<BlockDownsampler.Job>();
            for (var step : steps) {
                works.add(new Work(step, steps.size()));
                jobs.add(works.getLast().open());
            }
            int batchBytes = workplace.options().limits().batchBytes();
            var metas = new BlockDownsampler(kernel).downsample(jobs, batchBytes, QueryContext.unlimited());
            for (; done < metas.size(); done++) {
                finish(works.get(done), metas.get(done), started);
            }
        } catch (CorruptDataException | BudgetException | CommitException e) {
            log.atInfo()
                    .addKeyValue("group", stream.labels)
                    .addKeyValue("blocks", steps.size())
                    .addKeyValue("reason", e.getMessage())
                    .log("blocks cannot be downsampled together; they are done one by one");
        } finally {
            for (var work : works) {
                work.close();
            }
        }
        return steps.subList(done, steps.size());
    }

    private void finish(Work work, BlockMeta written, Instant started) throws IOException {
        work.closeInputs();
        var meta = written.withThanos(written.thanos().withLabels(stream.labels));
        var uploaded = stream.commit(work.output, meta, meta.stats().numSamples(), work.folder, work.readBytes);
        stream.blocks.add(uploaded);
        done.add(work.step.block().id());
        stream.collectGarbage(work.step.resolutionMs());
        workplace.status().downsampled(work.step, started, workplace.clock().instant());
        log.atInfo()
                .addKeyValue("block", work.id)
                .addKeyValue("group", stream.labels)
                .addKeyValue("input", work.step.block().id())
                .addKeyValue("resolution", Resolutions.name(work.step.resolutionMs()))
                .log("block downsampled");
    }

    private void downsample(DownsampleSchedule.Step step) throws IOException {
        BlockMeta input = step.block();
        Instant started = workplace.clock().instant();
        try (var work = new Work(step, 1)) {
            int batchBytes = workplace.options().limits().batchBytes();
            var meta = new BlockDownsampler(kernel)
                    .downsample(List.of(work.open()), batchBytes, QueryContext.unlimited())
                    .getFirst();
            finish(work, meta, started);
        } catch (CorruptDataException e) {
            exclude(step, stream.culprit(inputs(step), e), e);
        } catch (BudgetException e) {
            workplace.status().metrics().downsampleFailed(input.thanos().resolutionMs());
            stream.setAside("downsampling block " + input.id(), e);
            stream.noDownsample.add(input.id());
        } catch (CommitException e) {
            BlockMeta unsound = stream.firstUnsound(inputs(step));
            if (unsound == null) {
                workplace.status().metrics().downsampleFailed(input.thanos().resolutionMs());
                throw e;
            }
            exclude(step, unsound, e);
        }
    }

    /// All blocks that a step reads.
    private List<BlockMeta> inputs(DownsampleSchedule.Step step) {
        var inputs = new ArrayList<BlockMeta>();
        inputs.add(step.block());
        inputs.addAll(replaced(step));
        return inputs;
    }

    /// Sets aside the block that cannot be read: the input, or one whose windows were to be taken over; without that
    /// one the step is due again.
    ///
    /// @param culprit null where nobody knows: then it is the input
    private void exclude(DownsampleSchedule.Step step, @Nullable BlockMeta culprit, RuntimeException e)
            throws IOException {
        BlockMeta input = culprit == null ? step.block() : culprit;
        workplace.status().metrics().downsampleFailed(input.thanos().resolutionMs());
        workplace.quarantine().addForDownsampling(input.id(), stream.labels.toString(), String.valueOf(e.getMessage()));
        stream.noDownsample.add(input.id());
    }
}
