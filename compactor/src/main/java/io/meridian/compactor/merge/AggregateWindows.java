package io.meridian.compactor.merge;

import io.meridian.model.CorruptDataException;
import io.meridian.model.FloatHistogram;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The windows of one downsampled chunk, decoded: what each aggregate says of each window of the counts.
///
/// A counter's value at a window is in the scale of its chunk: it begins with the first raw value and only rises. Float
/// counters have two more points: the first raw sample before the windows, and the last raw value behind them.
final class AggregateWindows {
    static final List<Aggregate> PLAIN = List.of(Aggregate.SUM, Aggregate.MIN, Aggregate.MAX);

    final EncodedChunk chunk;
    final boolean isHistogram;
    final int size;
    final long[] times;
    final double[] counts;
    private final double[][] plain = new double[PLAIN.size()][];
    private final boolean[][] hasPlain = new boolean[PLAIN.size()][];
    final boolean[] hasCounter;
    final double[] counters;
    final @Nullable FloatHistogram[] sumHistograms;
    final @Nullable FloatHistogram[] counterHistograms;
    long firstMs;
    double firstValue = Double.NaN;
    double lastValue = Double.NaN;

    /// @throws CorruptDataException if it is no downsampled chunk
    AggregateWindows(EncodedChunk chunk) {
        this.chunk = chunk;
        if (chunk.encoding() != ChunkEncoding.AGGREGATE) {
            throw new CorruptDataException(
                    "chunk", chunk.minMs(), "a chunk of samples overlaps downsampled ones: they cannot be merged");
        }
        var parts =
                AggregateChunk.parse(chunk.minMs(), chunk.maxMs(), 0, chunk.array(), chunk.offset(), chunk.length());
        var count = decoded(parts.part(Aggregate.COUNT));
        size = count.size();
        times = new long[size];
        counts = new double[size];
        for (int i = 0; i < size; i++) {
            times[i] = count.time(i);
            counts[i] = count.value(i);
        }
        hasCounter = new boolean[size];
        counters = new double[size];
        sumHistograms = new @Nullable FloatHistogram[size];
        counterHistograms = new @Nullable FloatHistogram[size];
        isHistogram = isHistogram(parts.part(Aggregate.SUM)) || isHistogram(parts.part(Aggregate.COUNTER));
        if (isHistogram) {
            readHistograms(decoded(parts.part(Aggregate.SUM)), sumHistograms);
            readHistograms(decoded(parts.part(Aggregate.COUNTER)), counterHistograms);
            return;
        }
        for (int i = 0; i < PLAIN.size(); i++) {
            plain[i] = new double[size];
            hasPlain[i] = new boolean[size];
            read(decoded(parts.part(PLAIN.get(i))), 0, plain[i], hasPlain[i]);
        }
        readCounter(decoded(parts.part(Aggregate.COUNTER)));
    }

    private static boolean isHistogram(@Nullable EncodedChunk part) {
        return part != null && part.encoding().isHistogram();
    }

    private static ExactSamples decoded(@Nullable EncodedChunk part) {
        var samples = new ExactSamples();
        if (part != null) {
            samples.decode(part);
        }
        return samples;
    }

    private void read(ExactSamples samples, int from, double[] values, boolean[] present) {
        int window = 0;
        for (int i = from; i < samples.size(); i++) {
            window = window(samples.time(i), window);
            if (window >= 0 && !present[window]) {
                values[window] = samples.value(i);
                present[window] = true;
            }
            window = Math.abs(window);
        }
    }

    /// The window that ends at `timeMs`, or a negative number.
    private int window(long timeMs, int from) {
        int at = Arrays.binarySearch(times, Math.min(from, size), size, timeMs);
        return at >= 0 ? at : -Math.min(from, size) - 1;
    }

    private void readCounter(ExactSamples samples) {
        int count = samples.size();
        if (count == 0) {
            firstMs = size == 0 ? chunk.minMs() : times[0];
            return;
        }
        boolean first = size > 0 && (samples.time(0) < times[0] || count >= size + 2);
        firstMs = samples.time(0);
        firstValue = samples.value(0);
        read(samples, first ? 1 : 0, counters, hasCounter);
        if (count > 1 && samples.time(count - 1) == samples.time(count - 2)) {
            lastValue = samples.value(count - 1);
        }
    }

    private void readHistograms(ExactSamples samples, @Nullable FloatHistogram[] target) {
        for (int i = 0; i < samples.size(); i++) {
            int window = window(samples.time(i), 0);
            if (window >= 0 && samples.kind(i) == ExactSamples.Kind.FLOAT_HISTOGRAM) {
                target[window] = samples.floatHistogram(i);
            }
        }
    }

    boolean hasPlain(int aggregate, int window) {
        return hasPlain[aggregate][window];
    }

    double plain(int aggregate, int window) {
        return plain[aggregate][window];
    }

    boolean isLast(int window) {
        return window == size - 1;
    }
}
