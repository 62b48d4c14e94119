package io.meridian.compactor.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
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
}
