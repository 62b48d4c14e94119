package io.meridian.compactor.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Spans;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.FloatHistogramEncoder;
import io.meridian.model.chunk.XorEncoder;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleOverlapTest {
    private static EncodedChunk chunk(long firstMs) {
        var encoder = new XorEncoder();
        encoder.append(firstMs, 1);
        encoder.append(firstMs + 20, 2);
        return new EncodedChunk(ChunkEncoding.XOR, firstMs, firstMs + 20, encoder.toBytes());
    }

    /// Out-of-order samples come as XOR from a Prometheus that writes XOR2 otherwise.
    @Test
    void merge_seriesThatHasXor2Elsewhere_writesXor2() {
        var overlap = new SampleOverlap(Deduplication.NONE, false, 0);

        overlap.begin(true);
        assertThat(overlap.merge(chunk(10), List.of(chunk(15))))
                .extracting(EncodedChunk::encoding)
                .containsExactly(ChunkEncoding.XOR2);

        overlap.begin(false);
        assertThat(overlap.merge(chunk(10), List.of(chunk(15))))
                .extracting(EncodedChunk::encoding)
                .containsExactly(ChunkEncoding.XOR);
    }

    private static EncodedChunk histograms(CounterResetHint header, long firstMs) {
        var histogram = new FloatHistogram(
                CounterResetHint.UNKNOWN,
                0,
                0,
                0,
                1,
                1,
                Spans.of(0, 1),
                new double[] {1},
                Spans.NONE,
                new double[0],
                new double[0]);
        var encoder = new FloatHistogramEncoder(false);
        encoder.begin(header, 0, firstMs, histogram);
        encoder.append(0, firstMs + 20, histogram);
        return new EncodedChunk(ChunkEncoding.FLOAT_HISTOGRAM, firstMs, firstMs + 20, encoder.toBytes());
    }

    /// The floats take no part, but that something overlaps is enough for Thanos to encode anew.
    @Test
    void merge_penaltyAmongOtherKinds_forgetsTheResetBeforeTheBase() {
        var overlap = new SampleOverlap(Deduplication.PENALTY, false, 0);
        overlap.begin(false);

        assertThat(overlap.merge(histograms(CounterResetHint.RESET, 10), List.of(chunk(15))))
                .containsExactly(histograms(CounterResetHint.UNKNOWN, 10));
    }
}
