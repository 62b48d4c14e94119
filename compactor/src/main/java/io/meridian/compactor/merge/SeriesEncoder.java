package io.meridian.compactor.merge;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.model.chunk.FloatHistogramEncoder;
import io.meridian.model.chunk.HistogramChunkEncoder;
import io.meridian.model.chunk.HistogramEncoder;
import io.meridian.model.chunk.Xor2Encoder;
import io.meridian.model.chunk.XorEncoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Merged samples → chunks of at most 120 samples, cut besides where the encoding changes (another kind of sample, or
/// a histogram that has a start timestamp behind one that has none) and where a histogram does not fit behind the one
/// before.
final class SeriesEncoder implements SampleSink {
    private static final int SAMPLES_MAX = 120;

    private final boolean xor2;
    private final boolean forgetResets;
    private final XorEncoder floats = new XorEncoder();
    private final Xor2Encoder floats2 = new Xor2Encoder();
    private final HistogramEncoder histograms = new HistogramEncoder(false);
    private final HistogramEncoder startedHistograms = new HistogramEncoder(true);
    private final FloatHistogramEncoder floatHistograms = new FloatHistogramEncoder(false);
    private final FloatHistogramEncoder startedFloatHistograms = new FloatHistogramEncoder(true);
    private final List<EncodedChunk> chunks = new ArrayList<>();
    private final @Nullable ChunkEncoding only;
    private @Nullable ChunkEncoding encoding;
    private int count;
    private long minMs;
    private long maxMs;

    /// @param xor2         whether floats are written as XOR2
    /// @param forgetResets whether a change of source makes unknown what a histogram says of counter resets
    SeriesEncoder(boolean xor2, boolean forgetResets) {
        this(xor2, forgetResets, null);
    }

    private SeriesEncoder(boolean xor2, boolean forgetResets, @Nullable ChunkEncoding only) {
        this.xor2 = xor2;
        this.forgetResets = forgetResets;
        this.only = only;
    }

    /// An encoder that writes samples of one chunk into one chunk of the same encoding.
    static SeriesEncoder like(ChunkEncoding encoding) {
        return new SeriesEncoder(false, false, encoding);
    }

    private ChunkEncoding encodingOf(ExactSamples source, int index) {
        if (only != null) {
            return only;
        }
        boolean started = source.startTime(index) != 0;
        return switch (source.kind(index)) {
            case FLOAT -> xor2 ? ChunkEncoding.XOR2 : ChunkEncoding.XOR;
            case HISTOGRAM -> started ? ChunkEncoding.HISTOGRAM_ST : ChunkEncoding.HISTOGRAM;
            case FLOAT_HISTOGRAM -> started ? ChunkEncoding.FLOAT_HISTOGRAM_ST : ChunkEncoding.FLOAT_HISTOGRAM;
        };
    }

    @Override
    public void accept(ExactSamples source, int index, boolean consecutive) {
        ChunkEncoding next = encodingOf(source, index);
        if (next != encoding || (count >= SAMPLES_MAX && only == null)) {
            endChunk();
            encoding = next;
        }
        long timeMs = source.time(index);
        boolean forget = forgetResets && !consecutive;
        switch (next) {
            case XOR -> floats.append(timeMs, source.value(index));
            case XOR2 -> floats2.append(source.startTime(index), timeMs, source.value(index));
            case HISTOGRAM -> append(histograms, source, index, histogram(source, index, forget));
            case HISTOGRAM_ST -> append(startedHistograms, source, index, histogram(source, index, forget));
            case FLOAT_HISTOGRAM -> append(floatHistograms, source, index, floatHistogram(source, index, forget));
            case FLOAT_HISTOGRAM_ST ->
                append(startedFloatHistograms, source, index, floatHistogram(source, index, forget));
            case AGGREGATE -> throw new IllegalArgumentException("aggregates are no samples");
        }
        if (count == 0) {
            minMs = timeMs;
        }
        maxMs = timeMs;
        count++;
    }

    private static Histogram histogram(ExactSamples source, int index, boolean forget) {
        Histogram histogram = source.histogram(index);
        return forget && histogram.hint() != CounterResetHint.GAUGE
                ? histogram.withHint(CounterResetHint.UNKNOWN)
                : histogram;
    }

    private static FloatHistogram floatHistogram(ExactSamples source, int index, boolean forget) {
        FloatHistogram histogram = source.floatHistogram(index);
        return forget && histogram.hint() != CounterResetHint.GAUGE
                ? histogram.withHint(CounterResetHint.UNKNOWN)
                : histogram;
    }

    private <H> void append(HistogramChunkEncoder<H> encoder, ExactSamples source, int index, H histogram) {
        CounterResetHint header = encoder.append(source.startTime(index), source.time(index), histogram);
        if (header != null) {
            endChunk();
            encoder.begin(header, source.startTime(index), source.time(index), histogram);
        }
    }

    private void endChunk() {
        if (count == 0 || encoding == null) {
            return;
        }
        switch (encoding) {
            case XOR -> {
                add(encoding, floats.toBytes());
                floats.clear();
            }
            case XOR2 -> {
                add(encoding, floats2.toBytes());
                floats2.clear();
            }
            case HISTOGRAM -> endHistograms(encoding, histograms);
            case HISTOGRAM_ST -> endHistograms(encoding, startedHistograms);
            case FLOAT_HISTOGRAM -> endHistograms(encoding, floatHistograms);
            case FLOAT_HISTOGRAM_ST -> endHistograms(encoding, startedFloatHistograms);
            case AGGREGATE -> throw new IllegalStateException("aggregates are never encoded here");
        }
        count = 0;
    }

    private void endHistograms(ChunkEncoding own, HistogramChunkEncoder<?> encoder) {
        add(own, encoder.toBytes());
        encoder.clear();
    }

    private void add(ChunkEncoding own, byte[] bytes) {
        chunks.add(new EncodedChunk(own, minMs, maxMs, bytes));
    }

    /// The chunks of all samples since the last call.
    List<EncodedChunk> finish() {
        endChunk();
        encoding = null;
        var result = List.copyOf(chunks);
        chunks.clear();
        return result;
    }
}
