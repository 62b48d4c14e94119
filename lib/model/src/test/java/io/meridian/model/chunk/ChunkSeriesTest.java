package io.meridian.model.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Labels;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.TimeRange;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class ChunkSeriesTest {
    private static EncodedChunk floats(double value, long... times) {
        var encoder = new XorEncoder();
        for (long time : times) {
            encoder.append(time, value);
        }
        return new EncodedChunk(ChunkEncoding.XOR, times[0], times[times.length - 1], encoder.toBytes());
    }

    private static SampleBuffer read(TimeRange range, Chunk... chunks) {
        var buffer = new SampleBuffer();
        new ChunkSeries(Labels.of("__name__", "x"), List.of(chunks)).read(range, buffer);
        return buffer;
    }

    private static long[] times(SampleBuffer buffer) {
        return Arrays.copyOf(buffer.times(), buffer.size());
    }

    private static double[] values(SampleBuffer buffer) {
        return Arrays.copyOf(buffer.values(), buffer.size());
    }

    @Test
    void read_chunksBackToBack_clipsToTheRange() {
        SampleBuffer buffer = read(new TimeRange(2, 5), floats(1, 1, 2, 3), floats(2, 4, 5, 6), floats(3, 7, 8));

        assertThat(times(buffer)).containsExactly(2, 3, 4, 5);
        assertThat(values(buffer)).containsExactly(1, 1, 2, 2);
    }

    @Test
    void read_afterOtherSamples_keepsThose() {
        var buffer = new SampleBuffer();
        buffer.append(100, 9);
        new ChunkSeries(Labels.empty(), List.of(floats(1, 1, 2, 3))).read(new TimeRange(2, 2), buffer);

        assertThat(times(buffer)).containsExactly(100, 2);
    }

    @Test
    void read_overlappingChunks_mergesThem() {
        SampleBuffer buffer = read(TimeRange.ALL, floats(1, 1, 3, 5, 7), floats(2, 2, 3, 6));

        assertThat(times(buffer)).containsExactly(1, 2, 3, 5, 6, 7);
    }

    @Test
    void read_sameChunkTwice_countsOnce() {
        SampleBuffer buffer = read(TimeRange.ALL, floats(1, 1, 3), floats(1, 1, 3), floats(2, 4, 5));

        assertThat(times(buffer)).containsExactly(1, 3, 4, 5);
    }

    @Test
    void read_rangeBetweenChunks_isEmpty() {
        assertThat(read(new TimeRange(4, 6), floats(1, 1, 3), floats(1, 7, 9)).size())
                .isZero();
    }

    @Test
    void read_downsampledChunk_asksForAnAggregate() {
        byte[] payload = HexFormat.of().parseHex("0c010001d00f3ff000000000000000000000");
        var chunk = AggregateChunk.parse(1000, 1000, 300_000, payload, 0, payload.length);

        assertThatThrownBy(() -> read(TimeRange.ALL, chunk))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("no aggregate chosen");
    }

    /// The example of the format's description: a count of one sample, t=1000, v=1.
    @Test
    void parse_countOnly_hasOnePart() {
        byte[] payload = HexFormat.of().parseHex("0c010001d00f3ff000000000000000000000");
        var chunk = AggregateChunk.parse(1000, 1000, 300_000, payload, 0, payload.length);

        assertThat(chunk.encode()).isEqualTo(payload);
        assertThat(chunk.part(Aggregate.SUM)).isNull();
        EncodedChunk count = chunk.part(Aggregate.COUNT);
        assertThat(count).isEqualTo(floats(1, 1000));
    }
}
