package io.meridian.querier.dedup;

import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.SampleBuffer;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkTimes;
import io.meridian.model.chunk.EncodedChunk;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decodes chunks one after the other, each sample later than the one before; what overlaps the past is left out.
/// Chunks that are broken or lie about their times end the reading ([ChunkTimes]).
final class LaneReader {
    private LaneReader() {}

    /// Reads the samples of the lane within the range into an empty buffer.
    ///
    /// @param counter whether everything is to be read as one counter without resets, raw chunks too
    static void read(
            List<Chunk> lane, AggregateReading reading, boolean counter, TimeRange range, SampleBuffer target) {
        assert target.size() == 0;
        if (counter) {
            readCounter(lane, range, target);
            return;
        }
        for (Chunk chunk : lane) {
            if (chunk.maxMs() < range.minMs() || chunk.minMs() > range.maxMs()) {
                continue;
            }
            switch (chunk) {
                case EncodedChunk encoded -> append(encoded, null, range, target);
                case AggregateChunk aggregates -> {
                    if (reading == AggregateReading.AVERAGE) {
                        appendAverage(aggregates, range, target);
                    } else {
                        Aggregate aggregate = reading.aggregates().iterator().next();
                        EncodedChunk part = aggregates.part(aggregate);
                        // histograms have no smallest and largest: there is nothing to be read then
                        if (part != null) {
                            append(part, aggregate, range, target);
                        }
                    }
                }
            }
        }
    }

    private static void readCounter(List<Chunk> lane, TimeRange range, SampleBuffer target) {
        SampleBuffer decoded = ScratchBuffers.take();
        try {
            var reader = new CounterReader(target);
            for (Chunk chunk : lane) {
                if (chunk.maxMs() < range.minMs() || chunk.minMs() > range.maxMs()) {
                    continue;
                }
                EncodedChunk part = switch (chunk) {
                    case EncodedChunk encoded -> encoded;
                    case AggregateChunk aggregates -> aggregates.part(Aggregate.COUNTER);
                };
                if (part != null) {
                    decoded.clear();
                    decode(part, chunk instanceof AggregateChunk ? Aggregate.COUNTER : null, decoded);
                    reader.accept(decoded);
                }
            }
            int from = firstAtOrAfter(target, 0, range.minMs());
            target.retain(from, firstAfter(target, from, range.maxMs()));
        } finally {
            ScratchBuffers.release(decoded);
        }
    }

    /// @param aggregate which part of a downsampled chunk this is; null: a raw one
    private static void decode(EncodedChunk chunk, @Nullable Aggregate aggregate, SampleBuffer target) {
        if (aggregate == null) {
            ChunkTimes.decode(chunk, target);
        } else {
            ChunkTimes.decode(chunk, aggregate, target);
        }
    }

    private static void append(
            EncodedChunk chunk, @Nullable Aggregate aggregate, TimeRange range, SampleBuffer target) {
        int before = target.size();
        long last = before == 0 ? Long.MIN_VALUE : target.times()[before - 1];
        decode(chunk, aggregate, target);
        int from = firstAtOrAfter(target, before, range.minMs());
        if (before > 0) {
            from = Math.max(from, firstAfter(target, before, last));
        }
        int to = firstAfter(target, from, range.maxMs());
        if (from == before || before == 0) {
            target.retain(from == before ? 0 : from, to);
        } else {
            moveDown(target, before, from, to);
        }
    }

    private static void moveDown(SampleBuffer target, int before, int from, int to) {
        SampleBuffer kept = ScratchBuffers.take();
        try {
            for (int i = from; i < to; i++) {
                kept.append(target, i);
            }
            target.retain(0, before);
            SampleCopy.appendAll(kept, target);
        } finally {
            ScratchBuffers.release(kept);
        }
    }

    private static void appendAverage(AggregateChunk chunk, TimeRange range, SampleBuffer target) {
        EncodedChunk countPart = chunk.part(Aggregate.COUNT);
        EncodedChunk sumPart = chunk.part(Aggregate.SUM);
        if (countPart == null || sumPart == null) {
            return;
        }
        SampleBuffer counts = ScratchBuffers.take();
        SampleBuffer sums = ScratchBuffers.take();
        try {
            ChunkTimes.decode(countPart, Aggregate.COUNT, counts);
            ChunkTimes.decode(sumPart, Aggregate.SUM, sums);
            average(counts, sums, range, target);
        } finally {
            ScratchBuffers.release(counts);
            ScratchBuffers.release(sums);
        }
    }

    /// Windows that both have; Thanos' downsampler loses histogram sums now and then, while it keeps their counts.
    private static void average(SampleBuffer counts, SampleBuffer sums, TimeRange range, SampleBuffer target) {
        long last = target.size() == 0 ? Long.MIN_VALUE : target.times()[target.size() - 1];
        HistogramColumn histograms = sums.histograms();
        int c = 0;
        for (int s = 0; s < sums.size(); s++) {
            long time = sums.times()[s];
            while (c < counts.size() && counts.times()[c] < time) {
                c++;
            }
            if (c == counts.size()) {
                return;
            }
            if (counts.times()[c] != time || !range.contains(time) || target.size() > 0 && time <= last) {
                continue;
            }
            FloatHistogram histogram = histograms == null ? null : histograms.get(s);
            if (histogram == null) {
                target.append(time, sums.values()[s] / counts.values()[c]);
            } else {
                target.append(time, HistogramDivision.divide(histogram, counts.values()[c]));
            }
        }
    }

    private static int firstAtOrAfter(SampleBuffer buffer, int from, long time) {
        if (from == buffer.size() || buffer.times()[from] >= time) {
            return from;
        }
        int found = Arrays.binarySearch(buffer.times(), from, buffer.size(), time);
        return found >= 0 ? found : -found - 1;
    }

    private static int firstAfter(SampleBuffer buffer, int from, long time) {
        if (from >= buffer.size() || buffer.times()[buffer.size() - 1] <= time) {
            return buffer.size();
        }
        int found = Arrays.binarySearch(buffer.times(), from, buffer.size(), time);
        return found >= 0 ? found + 1 : -found - 1;
    }
}
