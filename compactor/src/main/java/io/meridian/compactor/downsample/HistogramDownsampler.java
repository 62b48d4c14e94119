package io.meridian.compactor.downsample;

import io.meridian.model.CorruptDataException;
import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.HistogramColumn;
import io.meridian.model.SampleBuffer;
import io.meridian.model.StaleMarker;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.ChunkTimes;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.FloatHistogramEncoder;
import io.meridian.model.chunk.XorChunk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Native histograms → aggregates → coarser aggregates: count, sum and counter, the last two as float histograms. One
/// worker's; not thread-safe.
///
/// Thanos starts a sub-chunk over where a histogram does not fit behind the one before, and loses what was in it; it
/// panics where custom and exponential buckets meet. Here a new chunk begins in both cases, for all aggregates at once.
final class HistogramDownsampler {
    private final SampleBuffer decoded = new SampleBuffer();
    private final List<FloatHistogram> histograms = new ArrayList<>();
    private long[] times = new long[1024];
    private final HistogramWindows windows = new HistogramWindows();
    private final AggregatePayload payload = new AggregatePayload();
    private final FloatHistogramEncoder sums = new FloatHistogramEncoder(false);
    private final FloatHistogramEncoder counters = new FloatHistogramEncoder(false);
    private double[] counts = new double[64];
    private long[] countTimes = new long[64];

    /// Downsamples a run of histogram chunks.
    ///
    /// @throws CorruptDataException if one cannot be decoded, or its samples lie elsewhere than it says
    void downsampleRaw(List<EncodedChunk> chunks, long resolutionMs, AggregateBatch out) {
        histograms.clear();
        for (var chunk : chunks) {
            decoded.clear();
            ChunkTimes.decode(chunk, decoded);
            keep();
        }
        int count = histograms.size();
        if (count == 0) {
            return;
        }
        int target = Windows.targetChunks(times[0], times[count - 1], Windows.RAW_STEP_MS, resolutionMs, count);
        int batch = count / target + 1;
        for (int from = 0; from < count; ) {
            int to = Math.min(from + batch, count);
            long endMs = Windows.end(times[to - 1], resolutionMs);
            while (to < count && times[to] <= endMs) {
                to++;
            }
            downsampleBatch(from, to, resolutionMs, out);
            from = to;
        }
    }

    private void read(List<EncodedChunk> parts) {
        histograms.clear();
        for (var part : parts) {
            decoded.clear();
            ChunkCodec.decode(part, decoded);
            keep();
        }
    }

    /// Takes over what was decoded, without stale markers and without what goes back in time.
    private void keep() {
        long last = 0;
        HistogramColumn column = decoded.histograms();
        for (int i = 0; i < decoded.size(); i++) {
            FloatHistogram histogram = column == null ? null : column.get(i);
            if (histogram == null || histogram.isStale() || decoded.times()[i] < last) {
                continue;
            }
            last = decoded.times()[i];
            if (histograms.size() == times.length) {
                times = java.util.Arrays.copyOf(times, 2 * times.length);
            }
            times[histograms.size()] = last;
            histograms.add(histogram);
        }
    }

    private void downsampleBatch(int from, int to, long resolutionMs, AggregateBatch out) {
        int kept = from;
        for (int i = from; i < to; i++) {
            if (!Double.isNaN(histograms.get(i).sum())) {
                times[kept] = times[i];
                histograms.set(kept++, histograms.get(i));
            }
        }
        for (int start = from; start < kept; ) {
            int end = start + 1;
            while (end < kept
                    && histograms.get(end).hasCustomBounds()
                            == histograms.get(start).hasCustomBounds()) {
                end++;
            }
            windows.clear();
            walk(start, end, resolutionMs);
            encode(out);
            start = end;
        }
    }

    private HistogramAccumulator accumulator(int from, int to, boolean gauge) {
        int schema = Integer.MAX_VALUE;
        for (int i = from; i < to; i++) {
            schema = Math.min(schema, histograms.get(i).schema());
        }
        return new HistogramAccumulator(schema, gauge);
    }

    private void walk(int from, int to, long resolutionMs) {
        var accumulator = accumulator(from, to, histograms.get(from).hint() == CounterResetHint.GAUGE);
        long lastMs = times[to - 1];
        for (int i = from; i < to; ) {
            long endMs = Math.min(Windows.end(times[i], resolutionMs), lastMs);
            accumulator.resetWindow();
            do {
                accumulator.add(histograms.get(i++));
            } while (i < to && times[i] <= endMs);
            windows.setCount(endMs, accumulator.count());
            windows.setSum(endMs, accumulator.sum());
            windows.setCounter(endMs, accumulator.counter());
        }
    }

    /// Downsamples the consecutive aggregate chunks of one series.
    void downsampleAggregates(List<AggregateChunk> chunks, long fromMs, long toMs, AggregateBatch out) {
        if (chunks.isEmpty()) {
            return;
        }
        long samples = 0;
        for (var chunk : chunks) {
            EncodedChunk part = chunk.part(Aggregate.COUNT);
            samples += part == null ? 0 : XorChunk.sampleCount(part.array(), part.offset(), part.length());
        }
        int target =
                Windows.targetChunks(chunks.getFirst().minMs(), chunks.getLast().maxMs(), fromMs, toMs, samples);
        int group = Math.max(1, chunks.size() / target);
        for (int from = 0; from < chunks.size(); from += group) {
            for (var part : byBuckets(chunks.subList(from, Math.min(from + group, chunks.size())))) {
                windows.clear();
                walkCounts(part, toMs);
                walkHistograms(part, Aggregate.SUM, toMs);
                walkHistograms(part, Aggregate.COUNTER, toMs);
                encode(out);
            }
        }
    }

    /// Custom and exponential buckets cannot be added up.
    private List<List<AggregateChunk>> byBuckets(List<AggregateChunk> chunks) {
        var parts = new ArrayList<List<AggregateChunk>>();
        boolean custom = false;
        for (var chunk : chunks) {
            EncodedChunk sum = chunk.part(Aggregate.SUM);
            read(sum == null ? List.of() : List.of(sum));
            boolean isCustom = !histograms.isEmpty() && histograms.getFirst().hasCustomBounds();
            if (parts.isEmpty() || isCustom != custom) {
                parts.add(new ArrayList<>());
            }
            parts.getLast().add(chunk);
            custom = isCustom;
        }
        return parts;
    }

    private void walkCounts(List<AggregateChunk> chunks, long toMs) {
        decoded.clear();
        for (var chunk : chunks) {
            EncodedChunk part = chunk.part(Aggregate.COUNT);
            if (part != null) {
                ChunkCodec.decode(part, decoded);
            }
        }
        int size = decoded.size();
        for (int i = 0; i < size; ) {
            long endMs = Math.min(Windows.end(decoded.times()[i], toMs), decoded.times()[size - 1]);
            double sum = 0;
            do {
                sum += StaleMarker.is(decoded.values()[i]) ? 0 : decoded.values()[i];
                i++;
            } while (i < size && decoded.times()[i] <= endMs);
            windows.setCount(endMs, sum);
        }
    }

    private void walkHistograms(List<AggregateChunk> chunks, Aggregate aggregate, long toMs) {
        var parts = new ArrayList<EncodedChunk>();
        for (var chunk : chunks) {
            EncodedChunk part = chunk.part(aggregate);
            if (part != null && part.encoding().isHistogram()) {
                parts.add(part);
            }
        }
        read(parts);
        int size = histograms.size();
        if (size == 0) {
            return;
        }
        var accumulator = accumulator(0, size, false);
        for (int i = 0; i < size; ) {
            long endMs = Math.min(Windows.end(times[i], toMs), times[size - 1]);
            accumulator.resetWindow();
            do {
                accumulator.add(histograms.get(i++));
            } while (i < size && times[i] <= endMs);
            if (aggregate == Aggregate.SUM) {
                windows.setSum(endMs, accumulator.sum());
            } else {
                windows.setCounter(endMs, accumulator.counter());
            }
        }
    }

    /// Writes the windows as one chunk, or as several where a histogram does not fit behind the one before.
    private void encode(AggregateBatch out) {
        for (int from = 0; from < windows.size(); ) {
            sums.clear();
            counters.clear();
            int to = from;
            boolean sumAhead = false;
            for (; to < windows.size(); to++) {
                if (!append(sums, windows.time(to), windows.sum(to))) {
                    break;
                }
                if (!append(counters, windows.time(to), windows.counter(to))) {
                    sumAhead = true;
                    break;
                }
            }
            if (sumAhead) {
                sums.clear();
                for (int i = from; i < to; i++) {
                    append(sums, windows.time(i), windows.sum(i));
                }
            }
            writeChunk(from, to, out);
            from = to;
        }
    }

    /// Running totals never go back, so a counter's chunk always says that no reset came before it.
    private static boolean append(FloatHistogramEncoder encoder, long timeMs, @Nullable FloatHistogram histogram) {
        if (histogram == null) {
            return true;
        }
        if (encoder.sampleCount() > 0) {
            return encoder.append(0, timeMs, histogram) == null;
        }
        encoder.begin(
                histogram.hint() == CounterResetHint.GAUGE ? CounterResetHint.GAUGE : CounterResetHint.NOT_RESET,
                0,
                timeMs,
                histogram);
        return true;
    }

    private void writeChunk(int from, int to, AggregateBatch out) {
        if (counts.length < to - from) {
            counts = new double[2 * (to - from)];
            countTimes = new long[2 * (to - from)];
        }
        int count = 0;
        for (int i = from; i < to; i++) {
            if (!Double.isNaN(windows.count(i))) {
                countTimes[count] = windows.time(i);
                counts[count++] = windows.count(i);
            }
        }
        payload.begin(out, count);
        if (count == 0) {
            payload.absent(out);
        } else {
            payload.column(out, countTimes, counts, count);
        }
        payload.histograms(out, sums);
        payload.absent(out);
        payload.absent(out);
        payload.histograms(out, counters);
        out.endChunk(windows.time(from), windows.time(to - 1), count);
    }
}
