package io.meridian.compactor.downsample;

import io.meridian.model.Labels;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Series of one or more blocks in order: the raw chunks of the float ones for the kernel, and what is downsampled
/// already.
final class DownsampleBatch {
    final RawBatch raw = new RawBatch();
    final AggregateBatch direct = new AggregateBatch();
    private final List<Step> steps = new ArrayList<>();
    private int directRuns;
    private long resolutionMs;

    /// What is to be done once the kernel is through.
    private sealed interface Step {
        /// @param runs number of a run in the kernel's batch, or -1 minus its number in the direct batch
        record Add(DownsampleTarget target, Labels labels, List<Integer> runs) implements Step {}

        /// The last series of the target is behind.
        record End(DownsampleTarget target) implements Step {}
    }

    /// Forgets everything, keeps the arrays.
    void clear(long newResolutionMs) {
        raw.clear();
        direct.clear();
        directRuns = 0;
        steps.clear();
        resolutionMs = newResolutionMs;
    }

    long resolutionMs() {
        return resolutionMs;
    }

    int sizeBytes() {
        return raw.sizeBytes() + direct.used;
    }

    /// Ends a run in [#direct] and returns its number as [#add] wants it.
    int endDirect() {
        direct.endRun();
        return -1 - directRuns++;
    }

    void add(DownsampleTarget target, Labels labels, List<Integer> runs) {
        steps.add(new Step.Add(target, labels, runs));
    }

    void end(DownsampleTarget target) {
        steps.add(new Step.End(target));
    }

    /// Writes all series in order.
    ///
    /// @param results of the kernel, for all of [#raw]
    void write(List<AggregateBatch> results) throws IOException {
        int shard = 0;
        int shardStart = 0;
        for (var step : steps) {
            switch (step) {
                case Step.Add(var target, var labels, var runs) -> {
                    var chunks = new ArrayList<EncodedChunk>();
                    for (int run : runs) {
                        if (run < 0) {
                            add(direct, -1 - run, chunks);
                            continue;
                        }
                        while (run - shardStart >= results.get(shard).runs()) {
                            shardStart += results.get(shard++).runs();
                        }
                        add(results.get(shard), run - shardStart, chunks);
                    }
                    target.add(labels, chunks);
                }
                case Step.End(var target) -> target.finish();
            }
        }
    }

    private static void add(AggregateBatch batch, int run, List<EncodedChunk> chunks) {
        for (int i = batch.firstChunk(run); i < batch.endChunk(run); i++) {
            chunks.add(new EncodedChunk(
                    ChunkEncoding.AGGREGATE,
                    batch.minMs(i),
                    batch.maxMs(i),
                    batch.array(),
                    batch.payloadOffset(i),
                    batch.payloadLength(i)));
        }
    }
}
