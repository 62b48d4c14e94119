package io.meridian.model.chunk;

import io.meridian.model.CorruptDataException;
import io.meridian.model.CounterResetHint;
import io.meridian.model.Fault;
import io.meridian.model.HistogramColumn;
import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.TimeRange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// A series as its chunks, encoded as they were stored.
///
/// @param chunks ascending by [Chunk#minMs], then [Chunk#maxMs]; they may overlap, and may differ in resolution
public record ChunkSeries(Labels labels, List<Chunk> chunks) implements ChunkedSeries {
    public ChunkSeries {
        chunks = List.copyOf(chunks);
    }

    /// Decodes the chunks that overlap the range. Chunks that overlap each other are merged as Prometheus does
    /// ([ChainedMerge], the earliest chunk listed last); exact copies count once.
    ///
    /// @throws QueryException       if a chunk is downsampled: whoever reads those must choose an aggregate
    /// @throws CorruptDataException if a chunk cannot be decoded, or holds other times than it states
    @Override
    public void read(TimeRange range, SampleBuffer target) {
        List<EncodedChunk> run = new ArrayList<>();
        long runMaxMs = Long.MIN_VALUE;
        for (Chunk chunk : chunks) {
            if (chunk.maxMs() < range.minMs() || chunk.minMs() > range.maxMs()) {
                continue;
            }
            if (!(chunk instanceof EncodedChunk encoded)) {
                throw new QueryException(Fault.INTERNAL, "no aggregate chosen for downsampled series " + labels);
            }
            if (!run.isEmpty() && chunk.minMs() > runMaxMs) {
                readRun(run, range, target);
                run.clear();
            }
            run.add(encoded);
            runMaxMs = run.size() == 1 ? chunk.maxMs() : Math.max(runMaxMs, chunk.maxMs());
        }
        readRun(run, range, target);
    }

    private static void readRun(List<EncodedChunk> run, TimeRange range, SampleBuffer target) {
        if (run.isEmpty()) {
            return;
        }
        List<EncodedChunk> distinct = run.size() == 1 ? run : List.copyOf(new LinkedHashSet<>(run));
        if (distinct.size() == 1) {
            int before = target.size();
            ChunkTimes.decode(distinct.getFirst(), target);
            target.clip(before, range);
        } else {
            merge(distinct, range, target);
        }
    }

    private static void merge(List<EncodedChunk> overlapping, TimeRange range, SampleBuffer target) {
        int count = overlapping.size();
        SampleBuffer[] sources = new SampleBuffer[count];
        long[][] times = new long[count][];
        int[] counts = new int[count];
        for (int i = 0; i < count; i++) {
            var source = new SampleBuffer();
            ChunkTimes.decode(overlapping.get((i + 1) % count), source);
            sources[i] = source;
            times[i] = source.times();
            counts[i] = source.size();
        }
        var order = new ChainedMerge(times, counts);
        while (order.next()) {
            SampleBuffer source = sources[order.source()];
            int index = order.index();
            if (range.contains(source.times()[index])) {
                append(source, index, order.isConsecutive(), target);
            }
        }
    }

    private static void append(SampleBuffer source, int index, boolean consecutive, SampleBuffer target) {
        HistogramColumn histograms = source.histograms();
        target.append(source, index);
        HistogramColumn appended = target.histograms();
        if (consecutive || histograms == null || appended == null || !histograms.isPresent(index)) {
            return;
        }
        if (histograms.hint(index) != CounterResetHint.GAUGE) {
            appended.setHint(target.size() - 1, CounterResetHint.UNKNOWN);
        }
    }

    @Override
    public long retainedBytes() {
        long bytes = 64;
        for (Chunk chunk : chunks) {
            bytes += chunk.retainedBytes();
        }
        return bytes;
    }
}
