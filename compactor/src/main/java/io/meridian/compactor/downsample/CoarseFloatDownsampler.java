package io.meridian.compactor.downsample;

import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorChunk;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Aggregates of floats → coarser aggregates, always along the borders of the input's chunks.
final class CoarseFloatDownsampler {
    private final XorColumnDecoder decoder = new XorColumnDecoder();
    private final XorColumnDecoder counters = new XorColumnDecoder();
    private final CounterReader reader = new CounterReader();
    private final WindowColumns walked = new WindowColumns();
    private final AggregatePayload payload = new AggregatePayload();
    private long minMs;
    private long maxMs;

    /// Downsamples the consecutive chunks of one series.
    ///
    /// @param fromMs resolution of the input
    /// @param toMs   resolution of the output
    void downsample(List<AggregateChunk> chunks, long fromMs, long toMs, AggregateBatch out) {
        if (chunks.isEmpty()) {
            return;
        }
        long samples = 0;
        for (var chunk : chunks) {
            samples += sampleCount(chunk.part(Aggregate.COUNT));
        }
        int target =
                Windows.targetChunks(chunks.getFirst().minMs(), chunks.getLast().maxMs(), fromMs, toMs, samples);
        // Never less than one: more chunks than the input has cannot be made along its borders.
        int group = Math.max(1, chunks.size() / target);
        for (int from = 0; from < chunks.size(); from += group) {
            downsampleGroup(chunks.subList(from, Math.min(from + group, chunks.size())), toMs, out);
        }
    }

    private void downsampleGroup(List<AggregateChunk> group, long toMs, AggregateBatch out) {
        minMs = Long.MAX_VALUE;
        maxMs = Long.MIN_VALUE;
        int start = out.used;
        payload.begin(out, maxSamples(group) + 2);
        int windows = column(group, Aggregate.COUNT, toMs, out);
        column(group, Aggregate.SUM, toMs, out);
        column(group, Aggregate.MIN, toMs, out);
        column(group, Aggregate.MAX, toMs, out);
        counter(group, toMs, out);
        if (minMs > maxMs) {
            out.used = start;
        } else {
            out.endChunk(minMs, maxMs, windows);
        }
    }

    /// Sub-chunks need not have the same number of samples.
    private static int maxSamples(List<AggregateChunk> group) {
        int max = 0;
        for (var aggregate : Aggregate.values()) {
            int sum = 0;
            for (var chunk : group) {
                sum += sampleCount(chunk.part(aggregate));
            }
            max = Math.max(max, sum);
        }
        return max;
    }

    private static int sampleCount(@Nullable EncodedChunk part) {
        return part == null ? 0 : XorChunk.sampleCount(part.array(), part.offset(), part.length());
    }

    private int column(List<AggregateChunk> group, Aggregate aggregate, long toMs, AggregateBatch out) {
        decoder.clear();
        for (var chunk : group) {
            EncodedChunk part = chunk.part(aggregate);
            if (part != null) {
                decoder.decode(part);
            }
        }
        if (decoder.size == 0) {
            payload.absent(out);
            return 0;
        }
        FloatAggregator.aggregate(decoder.times, decoder.values, 0, decoder.size, toMs, false, walked);
        double[] values = switch (aggregate) {
            case COUNT, SUM -> walked.sums;
            case MIN -> walked.mins;
            case MAX -> walked.maxs;
            case COUNTER -> walked.counters;
        };
        payload.column(out, walked.times, values, walked.size);
        extendTimes();
        return walked.size;
    }

    private void counter(List<AggregateChunk> group, long toMs, AggregateBatch out) {
        reader.clear();
        for (var chunk : group) {
            EncodedChunk part = chunk.part(Aggregate.COUNTER);
            if (part != null) {
                counters.clear();
                counters.decode(part);
                reader.read(counters.times, counters.values, counters.size);
            }
        }
        if (reader.size == 0) {
            payload.absent(out);
            return;
        }
        FloatAggregator.aggregate(reader.times, reader.values, 0, reader.size, toMs, false, walked);
        walked.lastValue = reader.lastValue;
        payload.counter(out, walked);
        extendTimes();
    }

    private void extendTimes() {
        minMs = Math.min(minMs, walked.times[0]);
        maxMs = Math.max(maxMs, walked.times[walked.size - 1]);
    }
}
