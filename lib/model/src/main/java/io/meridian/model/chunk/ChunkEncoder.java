package io.meridian.model.chunk;

import io.meridian.model.CounterResetHint;
import io.meridian.model.chunk.ExactSamples.Kind;
import java.util.ArrayList;
import java.util.List;

/// Turns samples into chunks as Prometheus re-encodes merged series: at most [#SAMPLES_MAX] each, a new one at each
/// change of kind, at counter resets and where a histogram does not fit the layout.
public final class ChunkEncoder {
    public static final int SAMPLES_MAX = 120;

    private final boolean floatsAsXor2;
    private final List<EncodedChunk> chunks = new ArrayList<>();
    private final XorEncoder xor = new XorEncoder();
    private final Xor2Encoder xor2 = new Xor2Encoder();
    private final HistogramEncoder histograms = new HistogramEncoder(false);
    private final HistogramEncoder histogramsWithStart = new HistogramEncoder(true);
    private final FloatHistogramEncoder floatHistograms = new FloatHistogramEncoder(false);
    private final FloatHistogramEncoder floatHistogramsWithStart = new FloatHistogramEncoder(true);
    private ChunkEncoding encoding = ChunkEncoding.XOR;
    private int count;
    private long minMs;
    private long maxMs;

    /// @param floatsAsXor2 whether floats become XOR2; those with start timestamps always do
    public ChunkEncoder(boolean floatsAsXor2) {
        this.floatsAsXor2 = floatsAsXor2;
    }

    /// The samples as chunks.
    public static List<EncodedChunk> encode(ExactSamples samples, boolean floatsAsXor2) {
        var encoder = new ChunkEncoder(floatsAsXor2);
        for (int i = 0; i < samples.size(); i++) {
            encoder.append(samples, i);
        }
        return encoder.finish();
    }

    /// Appends one sample; they come in time order.
    public void append(ExactSamples samples, int index) {
        long startTime = samples.startTime(index);
        ChunkEncoding wanted = wanted(samples.kind(index), startTime != 0);
        if (count == 0 || count >= SAMPLES_MAX || !canTake(wanted, startTime != 0)) {
            cut();
            encoding = wanted;
        }
        write(samples, index, startTime);
        long time = samples.time(index);
        if (count == 0) {
            minMs = time;
        }
        maxMs = time;
        count++;
    }

    private ChunkEncoding wanted(Kind kind, boolean hasStart) {
        return switch (kind) {
            case FLOAT -> hasStart || floatsAsXor2 ? ChunkEncoding.XOR2 : ChunkEncoding.XOR;
            case HISTOGRAM -> hasStart ? ChunkEncoding.HISTOGRAM_ST : ChunkEncoding.HISTOGRAM;
            case FLOAT_HISTOGRAM -> hasStart ? ChunkEncoding.FLOAT_HISTOGRAM_ST : ChunkEncoding.FLOAT_HISTOGRAM;
        };
    }

    /// Floats may go on in a chunk of the other float encoding, except where it would lose a start timestamp.
    private boolean canTake(ChunkEncoding wanted, boolean hasStart) {
        if (wanted == encoding) {
            return true;
        }
        return !wanted.isHistogram() && !encoding.isHistogram() && (encoding == ChunkEncoding.XOR2 || !hasStart);
    }

    private void write(ExactSamples samples, int index, long startTime) {
        long time = samples.time(index);
        switch (encoding) {
            case XOR -> xor.append(time, samples.value(index));
            case XOR2 -> xor2.append(startTime, time, samples.value(index));
            case HISTOGRAM -> write(histograms, startTime, time, samples.histogram(index));
            case HISTOGRAM_ST -> write(histogramsWithStart, startTime, time, samples.histogram(index));
            case FLOAT_HISTOGRAM -> write(floatHistograms, startTime, time, samples.floatHistogram(index));
            case FLOAT_HISTOGRAM_ST -> write(floatHistogramsWithStart, startTime, time, samples.floatHistogram(index));
            case AGGREGATE -> throw new IllegalStateException("aggregates are not made of samples");
        }
    }

    private <H> void write(HistogramChunkEncoder<H> encoder, long startTime, long time, H histogram) {
        CounterResetHint header = encoder.append(startTime, time, histogram);
        if (header != null) {
            cut();
            encoder.begin(header, startTime, time, histogram);
        }
    }

    private void cut() {
        if (count > 0) {
            chunks.add(new EncodedChunk(encoding, minMs, maxMs, take()));
            count = 0;
        }
    }

    private byte[] take() {
        return switch (encoding) {
            case XOR -> {
                byte[] bytes = xor.toBytes();
                xor.clear();
                yield bytes;
            }
            case XOR2 -> {
                byte[] bytes = xor2.toBytes();
                xor2.clear();
                yield bytes;
            }
            case HISTOGRAM -> take(histograms);
            case HISTOGRAM_ST -> take(histogramsWithStart);
            case FLOAT_HISTOGRAM -> take(floatHistograms);
            case FLOAT_HISTOGRAM_ST -> take(floatHistogramsWithStart);
            case AGGREGATE -> throw new IllegalStateException("aggregates are not made of samples");
        };
    }

    private static byte[] take(HistogramChunkEncoder<?> encoder) {
        byte[] bytes = encoder.toBytes();
        encoder.clear();
        return bytes;
    }

    /// The chunks of all samples since the last call.
    public List<EncodedChunk> finish() {
        cut();
        List<EncodedChunk> result = List.copyOf(chunks);
        chunks.clear();
        return result;
    }
}
