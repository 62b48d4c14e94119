package io.meridian.model.chunk;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import java.util.ArrayList;
import java.util.List;

/// Rewrites chunks for readers that know XOR, histogram and float histogram chunks only.
public final class ChunkTranscoder {
    private ChunkTranscoder() {}

    /// Whether every reader knows the encoding.
    public static boolean isPlain(ChunkEncoding encoding) {
        return switch (encoding) {
            case XOR, HISTOGRAM, FLOAT_HISTOGRAM, AGGREGATE -> true;
            case XOR2, HISTOGRAM_ST, FLOAT_HISTOGRAM_ST -> false;
        };
    }

    /// The chunk without start timestamps in the encoding everybody knows; itself if it is so already. Same samples,
    /// same header; one chunk, unless the samples of a damaged one do not follow the rules of a single chunk.
    ///
    /// @throws io.meridian.model.CorruptDataException if it cannot be decoded
    public static List<EncodedChunk> plain(EncodedChunk chunk) {
        if (isPlain(chunk.encoding())) {
            return List.of(chunk);
        }
        var samples = new ExactSamples();
        samples.decode(chunk);
        byte[] data = chunk.array();
        return switch (chunk.encoding()) {
            case HISTOGRAM_ST ->
                histograms(
                        samples,
                        HistogramChunk.counterReset(chunk.encoding(), data, chunk.offset(), chunk.length()),
                        chunk);
            case FLOAT_HISTOGRAM_ST ->
                floatHistograms(
                        samples,
                        FloatHistogramChunk.counterReset(chunk.encoding(), data, chunk.offset(), chunk.length()),
                        chunk);
            default -> floats(samples, chunk);
        };
    }

    private static List<EncodedChunk> floats(ExactSamples samples, EncodedChunk chunk) {
        var encoder = new XorEncoder();
        for (int i = 0; i < samples.size(); i++) {
            encoder.append(samples.time(i), samples.value(i));
        }
        return List.of(new EncodedChunk(ChunkEncoding.XOR, chunk.minMs(), chunk.maxMs(), encoder.toBytes()));
    }

    private static List<EncodedChunk> histograms(ExactSamples samples, CounterResetHint header, EncodedChunk chunk) {
        var run = new Run<>(ChunkEncoding.HISTOGRAM, new HistogramEncoder(false), chunk);
        for (int i = 0; i < samples.size(); i++) {
            Histogram histogram = samples.histogram(i);
            // A stale marker in a gauge chunk is read without its hint.
            run.append(
                    samples.time(i), header == CounterResetHint.GAUGE ? histogram.withHint(header) : histogram, header);
        }
        return run.finish();
    }

    private static List<EncodedChunk> floatHistograms(
            ExactSamples samples, CounterResetHint header, EncodedChunk chunk) {
        var run = new Run<>(ChunkEncoding.FLOAT_HISTOGRAM, new FloatHistogramEncoder(false), chunk);
        for (int i = 0; i < samples.size(); i++) {
            FloatHistogram histogram = samples.floatHistogram(i);
            run.append(
                    samples.time(i), header == CounterResetHint.GAUGE ? histogram.withHint(header) : histogram, header);
        }
        return run.finish();
    }

    private static final class Run<H> {
        private final ChunkEncoding encoding;
        private final HistogramChunkEncoder<H> encoder;
        private final List<EncodedChunk> chunks = new ArrayList<>();
        private final long maxMs;
        private long minMs;
        private long lastMs;

        Run(ChunkEncoding encoding, HistogramChunkEncoder<H> encoder, EncodedChunk chunk) {
            this.encoding = encoding;
            this.encoder = encoder;
            minMs = chunk.minMs();
            maxMs = chunk.maxMs();
        }

        void append(long time, H histogram, CounterResetHint header) {
            if (encoder.sampleCount() == 0) {
                encoder.begin(header, 0, time, histogram);
            } else {
                CounterResetHint next = encoder.append(0, time, histogram);
                if (next != null) {
                    chunks.add(new EncodedChunk(encoding, minMs, lastMs, encoder.toBytes()));
                    minMs = time;
                    encoder.begin(next, 0, time, histogram);
                }
            }
            lastMs = time;
        }

        List<EncodedChunk> finish() {
            chunks.add(new EncodedChunk(encoding, minMs, maxMs, encoder.toBytes()));
            return List.copyOf(chunks);
        }
    }
}
