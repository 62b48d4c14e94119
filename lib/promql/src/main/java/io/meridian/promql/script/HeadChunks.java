package io.meridian.promql.script;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.StaleMarker;
import io.meridian.model.chunk.ChunkEncoder;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.model.chunk.ExactSamples.Kind;
import io.meridian.model.chunk.FloatHistogramEncoder;
import java.util.ArrayList;
import java.util.List;

/// Cuts the samples of a script into chunks where Prometheus' head, as its scripts set it up, cuts them: histograms by
/// size, and all with start timestamps. The cuts show, as the first histogram of a chunk has no counter reset hint.
final class HeadChunks {
    private static final long RANGE_MS = 86_400_000;
    private static final int BYTES_AIM = 1024;
    private static final int SAMPLES_MIN = 10;

    private final List<EncodedChunk> chunks = new ArrayList<>();
    private final ChunkEncoder floats;
    private final FloatHistogramEncoder histograms = new FloatHistogramEncoder(true);
    private boolean inHistograms;
    private long minMs;
    private long maxMs;
    private long nextCutMs;
    private boolean endIsComputed;

    private HeadChunks(boolean floatsAsXor2) {
        floats = new ChunkEncoder(floatsAsXor2);
    }

    /// @param samples floats and float histograms
    static List<EncodedChunk> of(ExactSamples samples, boolean floatsAsXor2) {
        var head = new HeadChunks(floatsAsXor2);
        for (int i = 0; i < samples.size(); i++) {
            head.append(samples, i);
        }
        head.finishFloats();
        head.finishHistograms();
        return List.copyOf(head.chunks);
    }

    private void append(ExactSamples samples, int index) {
        boolean isFloat = samples.kind(index) == Kind.FLOAT;
        if (isFloat && inHistograms && StaleMarker.is(samples.value(index))) {
            append(samples.startTime(index), samples.time(index), FloatHistogram.stale());
        } else if (isFloat) {
            finishHistograms();
            inHistograms = false;
            floats.append(samples, index);
        } else {
            finishFloats();
            inHistograms = true;
            append(samples.startTime(index), samples.time(index), samples.floatHistogram(index));
        }
    }

    private void append(long startMs, long timeMs, FloatHistogram histogram) {
        if (histograms.sampleCount() > 0 && isFull(timeMs)) {
            finishHistograms();
        }
        if (histograms.sampleCount() == 0) {
            open(timeMs);
            endIsComputed = false;
        }
        CounterResetHint header = histograms.append(startMs, timeMs, histogram);
        if (header != null) {
            finishHistograms();
            histograms.begin(header, startMs, timeMs, histogram);
            // What was foretold for the chunk before still counts as foretold, as in Prometheus.
            open(timeMs);
        }
        maxMs = timeMs;
    }

    private void open(long timeMs) {
        minMs = timeMs;
        nextCutMs = rangeEnd(timeMs);
    }

    private static long rangeEnd(long timeMs) {
        return (timeMs / RANGE_MS + 1) * RANGE_MS;
    }

    /// A chunk that is a quarter full foretells when the chunks of its day will be, all of one length.
    private boolean isFull(long timeMs) {
        int bytes = histograms.byteCount();
        long dayEndMs = endIsComputed ? rangeEnd(minMs) : nextCutMs;
        if (!endIsComputed && bytes >= BYTES_AIM / 4) {
            double many = (nextCutMs - minMs) / ((maxMs - minMs + 1) * ((double) BYTES_AIM / bytes));
            nextCutMs = many <= 1 ? nextCutMs : (long) (minMs + (nextCutMs - minMs) / Math.floor(many));
            endIsComputed = true;
        }
        return (timeMs >= nextCutMs || bytes >= 2 * BYTES_AIM)
                && (histograms.sampleCount() >= SAMPLES_MIN || timeMs >= dayEndMs);
    }

    private void finishFloats() {
        chunks.addAll(floats.finish());
    }

    private void finishHistograms() {
        if (histograms.sampleCount() > 0) {
            chunks.add(new EncodedChunk(ChunkEncoding.FLOAT_HISTOGRAM_ST, minMs, maxMs, histograms.toBytes()));
            histograms.clear();
        }
    }
}
