package io.meridian.proto.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.proto.codec.EncodedLabels;
import io.meridian.proto.codec.SeriesFrameWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WireSeriesTest {
    private static final Labels LABELS = Labels.of("__name__", "m", "job", "j\u00E9", "zone", "\uDCFF");

    private static List<EncodedChunk> chunks(int count, int bytes) {
        var random = new SplittableRandom(7);
        var all = new ArrayList<EncodedChunk>();
        for (int i = 0; i < count; i++) {
            byte[] payload = new byte[bytes];
            random.nextBytes(payload);
            all.add(new EncodedChunk(ChunkEncoding.XOR, 10L * i, 10L * i + 9, payload));
        }
        return all;
    }

    private static byte[] streamed(List<EncodedChunk> chunks, int frameBytesMax) throws IOException {
        var out = new ByteArrayOutputStream();
        new StreamedWriter(out, frameBytesMax).series(0, LABELS, chunks);
        return out.toByteArray();
    }

    /// All parts of the only series of an answer, held together.
    private static WireSeries received(byte[] answer) throws IOException {
        var reader = new StreamedReader("test", new ByteArrayInputStream(answer));
        var parts = new ArrayList<ReadPart>();
        while (reader.next()) {
            ReadPart part = reader.part();
            if (parts.isEmpty()) {
                reader.hold(part);
            }
            parts.add(part);
        }
        return reader.series(parts);
    }

    private static byte[] written(ChunkedSeries series, boolean asBytes) {
        var out = new ByteArrayOutputStream();
        var writer = new SeriesFrameWriter(Set.of(), false, 1, out::write);
        if (asBytes && series instanceof EncodedLabels encoded) {
            writer.begin(encoded);
        } else {
            writer.begin(series.labels());
        }
        series.visit(writer);
        writer.end();
        writer.flush();
        return out.toByteArray();
    }

    @Test
    void series_inManyParts_goesOutAsItsDecodedFormDoes_evenWhereItIsCut() throws Exception {
        List<EncodedChunk> chunks = chunks(60, 60_000);
        WireSeries series = received(streamed(chunks, 100_000));
        ChunkSeries copy = series.copy();
        assertThat(copy).isEqualTo(new ChunkSeries(LABELS, List.copyOf(chunks)));
        assertThat(series.isPlain()).isTrue();
        assertThat(series.chunks()).isEqualTo(copy.chunks());
        assertThat(series.retainedBytes()).isGreaterThan(60 * 60_000L);
        assertThat(written(series, true)).isEqualTo(written(copy, false)).hasSizeGreaterThan(3 << 20);
    }

    @Test
    void series_ofOverlappingChunks_isNotPlain() throws Exception {
        List<EncodedChunk> chunks = new ArrayList<>(chunks(3, 50));
        assertThat(received(streamed(chunks, 1 << 20)).isPlain()).isTrue();
        chunks.add(chunks.getFirst());
        assertThat(received(streamed(chunks, 1 << 20)).isPlain()).isFalse();
        assertThat(received(streamed(chunks, 100)).isPlain()).isFalse();
    }
}
