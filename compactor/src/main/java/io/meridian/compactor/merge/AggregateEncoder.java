package io.meridian.compactor.merge;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.FloatHistogramEncoder;
import io.meridian.model.chunk.XorEncoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Windows of several chunks → downsampled chunks as Thanos reads them, cut where floats and histograms meet, where a
/// histogram does not fit behind the one before, and after as many windows as downsampling puts into a chunk.
final class AggregateEncoder {
    private static final int WINDOWS_MAX = 140;

    private final long resolutionMs;
    private final CounterSplice counter = new CounterSplice();
    private final XorEncoder counts = new XorEncoder();
    private final XorEncoder[] plain = {new XorEncoder(), new XorEncoder(), new XorEncoder()};
    private final XorEncoder counters = new XorEncoder();
    private final FloatHistogramEncoder sumHistograms = new FloatHistogramEncoder(false);
    private final FloatHistogramEncoder counterHistograms = new FloatHistogramEncoder(false);
    private final List<FloatHistogram> sumsOfChunk = new ArrayList<>();
    private final List<Long> sumTimesOfChunk = new ArrayList<>();
    private final List<EncodedChunk> chunks = new ArrayList<>();
    private @Nullable AggregateWindows last;
    private int lastWindow;
    private boolean hasTotal;
    private long totalMs;
    private double total;
    private long minMs;
    private int windows;
    private int count;

    AggregateEncoder(long resolutionMs) {
        this.resolutionMs = resolutionMs;
    }

    /// Windows added so far.
    int count() {
        return count;
    }

    void add(AggregateWindows source, int window) {
        AggregateWindows before = last;
        if (before != null && before.isHistogram != source.isHistogram) {
            endChunk(true);
            counter.clear();
            hasTotal = false;
        } else if (windows == WINDOWS_MAX) {
            endChunk(false);
        }
        long timeMs = source.times[window];
        if (source.isHistogram) {
            addHistograms(source, window, timeMs);
        } else {
            addFloats(source, window, timeMs);
        }
        if (windows == 0) {
            minMs = timeMs;
        }
        counts.append(timeMs, source.counts[window]);
        windows++;
        count++;
        last = source;
        lastWindow = window;
    }

    private void addFloats(AggregateWindows source, int window, long timeMs) {
        for (int i = 0; i < plain.length; i++) {
            if (source.hasPlain(i, window)) {
                plain[i].append(timeMs, source.plain(i, window));
            }
        }
        if (!source.hasCounter[window]) {
            return;
        }
        if (counters.sampleCount() == 0) {
            if (hasTotal) {
                counters.append(totalMs, total);
            } else if (window == 0 || !source.hasCounter[window - 1]) {
                counters.append(source.firstMs, source.firstValue);
            } else {
                counters.append(source.times[window - 1], source.counters[window - 1]);
            }
        }
        total = counter.next(source, window);
        totalMs = timeMs;
        hasTotal = true;
        counters.append(timeMs, total);
    }

    private void addHistograms(AggregateWindows source, int window, long timeMs) {
        FloatHistogram sum = source.sumHistograms[window];
        FloatHistogram running = counter.nextHistogram(source, window);
        boolean sumFits = sum == null || append(sumHistograms, timeMs, sum, CounterResetHint.GAUGE);
        if (!sumFits || (running != null && !append(counterHistograms, timeMs, running, headerOf(running)))) {
            if (sumFits && sum != null) {
                dropLastSum();
            }
            endChunk(false);
            if (sum != null) {
                append(sumHistograms, timeMs, sum, CounterResetHint.GAUGE);
            }
            if (running != null) {
                append(counterHistograms, timeMs, running, headerOf(running));
            }
        }
        if (sum != null) {
            sumsOfChunk.add(sum);
            sumTimesOfChunk.add(timeMs);
        }
    }

    /// The encoder cannot take a histogram back, so that those before it are encoded once more.
    private void dropLastSum() {
        sumHistograms.clear();
        for (int i = 0; i < sumsOfChunk.size(); i++) {
            append(sumHistograms, sumTimesOfChunk.get(i), sumsOfChunk.get(i), CounterResetHint.GAUGE);
        }
    }

    private static CounterResetHint headerOf(FloatHistogram running) {
        return running.hint() == CounterResetHint.GAUGE ? CounterResetHint.GAUGE : CounterResetHint.NOT_RESET;
    }

    private static boolean append(
            FloatHistogramEncoder encoder, long timeMs, FloatHistogram histogram, CounterResetHint header) {
        if (encoder.sampleCount() > 0) {
            return encoder.append(0, timeMs, histogram) == null;
        }
        encoder.begin(header, 0, timeMs, histogram);
        return true;
    }

    /// @param isEnd whether no window of the same kind follows: the counter ends with the last raw value then
    private void endChunk(boolean isEnd) {
        AggregateWindows source = last;
        if (windows == 0 || source == null) {
            return;
        }
        long maxMs = source.times[lastWindow];
        var parts = new @Nullable EncodedChunk[Aggregate.values().length];
        parts[Aggregate.COUNT.ordinal()] = new EncodedChunk(ChunkEncoding.XOR, minMs, maxMs, counts.toBytes());
        if (source.isHistogram) {
            parts[Aggregate.SUM.ordinal()] = part(sumHistograms, maxMs);
            parts[Aggregate.COUNTER.ordinal()] = part(counterHistograms, maxMs);
        } else {
            for (int i = 0; i < plain.length; i++) {
                parts[AggregateWindows.PLAIN.get(i).ordinal()] = part(plain[i], maxMs);
            }
            if (counters.sampleCount() > 0) {
                counters.append(maxMs, isEnd ? lastRaw(source) : total);
            }
            parts[Aggregate.COUNTER.ordinal()] = part(counters, maxMs);
        }
        byte[] bytes = new AggregateChunk(minMs, maxMs, resolutionMs, parts).encode();
        chunks.add(new EncodedChunk(ChunkEncoding.AGGREGATE, minMs, maxMs, bytes));
        counts.clear();
        for (var encoder : plain) {
            encoder.clear();
        }
        counters.clear();
        sumHistograms.clear();
        counterHistograms.clear();
        sumsOfChunk.clear();
        sumTimesOfChunk.clear();
        windows = 0;
    }

    private double lastRaw(AggregateWindows source) {
        return source.isLast(lastWindow) && !Double.isNaN(source.lastValue)
                ? source.lastValue
                : source.hasCounter[lastWindow] ? source.counters[lastWindow] : total;
    }

    private @Nullable EncodedChunk part(XorEncoder encoder, long maxMs) {
        return encoder.sampleCount() == 0 ? null : new EncodedChunk(ChunkEncoding.XOR, minMs, maxMs, encoder.toBytes());
    }

    private @Nullable EncodedChunk part(FloatHistogramEncoder encoder, long maxMs) {
        return encoder.sampleCount() == 0
                ? null
                : new EncodedChunk(ChunkEncoding.FLOAT_HISTOGRAM, minMs, maxMs, encoder.toBytes());
    }

    /// The chunks of all windows.
    List<EncodedChunk> finish() {
        endChunk(true);
        return List.copyOf(chunks);
    }
}
