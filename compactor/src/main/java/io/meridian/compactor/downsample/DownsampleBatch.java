package io.meridian.compactor.downsample;

import io.meridian.compactor.merge.RecordCursor;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Series of one or more blocks in order: the raw chunks of the float ones for the kernel, and what is downsampled
/// already.
final class DownsampleBatch {
    final RawBatch raw = new RawBatch();
    final AggregateBatch direct = new AggregateBatch();
    private final List<Step> steps = new ArrayList<>();
    private int directRuns;
    private long resolutionMs;
    /// Labels of the series as numbers of symbols.
    private int[] symbols = new int[256];
    private int symbolCount;
    /// Runs of the series: numbers in the kernel's batch, or -1 minus their numbers in the direct one.
    private int[] runs = new int[64];
    private int runCount;

    /// What is to be done once the kernel is through.
    private sealed interface Step {
        /// Labels and runs begin where those of the series before end.
        record Add(DownsampleTarget target, int symbolsTo, int runsTo) implements Step {}

        /// The last series of the target is behind.
        record End(DownsampleTarget target) implements Step {}
    }

    /// Forgets everything, keeps the arrays.
    void clear(long newResolutionMs) {
        raw.clear();
        direct.clear();
        directRuns = 0;
        symbolCount = 0;
        runCount = 0;
        steps.clear();
        resolutionMs = newResolutionMs;
    }

    long resolutionMs() {
        return resolutionMs;
    }

    int sizeBytes() {
        return raw.sizeBytes() + direct.used;
    }

    /// Ends a run of the series at hand in [#raw].
    void endRaw() {
        addRun(raw.endRun());
    }

    /// Ends a run of the series at hand in [#direct].
    void endDirect() {
        direct.endRun();
        addRun(-1 - directRuns++);
    }

    private void addRun(int run) {
        if (runCount == runs.length) {
            runs = Arrays.copyOf(runs, 2 * runCount);
        }
        runs[runCount++] = run;
    }

    /// Ends the series at the cursor, whose runs were those since the last one.
    void endSeries(DownsampleTarget target, RecordCursor cursor) {
        int count = cursor.labelsTo() - cursor.labelsFrom();
        if (symbolCount + count > symbols.length) {
            symbols = Arrays.copyOf(symbols, 2 * (symbolCount + count));
        }
        System.arraycopy(cursor.symbols(), cursor.labelsFrom(), symbols, symbolCount, count);
        symbolCount += count;
        steps.add(new Step.Add(target, symbolCount, runCount));
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
        int symbolsFrom = 0;
        int runsFrom = 0;
        for (var step : steps) {
            switch (step) {
                case Step.Add(var target, int symbolsTo, int runsTo) -> {
                    var chunks = new ArrayList<EncodedChunk>();
                    for (int i = runsFrom; i < runsTo; i++) {
                        int run = runs[i];
                        if (run < 0) {
                            add(direct, -1 - run, chunks);
                            continue;
                        }
                        while (run - shardStart >= results.get(shard).runs()) {
                            shardStart += results.get(shard++).runs();
                        }
                        add(results.get(shard), run - shardStart, chunks);
                    }
                    target.add(symbols, symbolsFrom, symbolsTo, chunks);
                    symbolsFrom = symbolsTo;
                    runsFrom = runsTo;
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
