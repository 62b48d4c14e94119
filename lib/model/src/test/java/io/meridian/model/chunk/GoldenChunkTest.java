package io.meridian.model.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Histogram;
import io.meridian.model.SampleBuffer;
import io.meridian.model.chunk.GoldenChunks.Stored;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every chunk of the golden blocks decodes to the samples of the dump, and its samples encode to its bytes.
@NullMarked
class GoldenChunkTest {
    static Stream<String> blocks() {
        return Stream.of("blocks", "compacted", "compacted-prometheus")
                .flatMap(kind -> GoldenChunks.names(kind).stream().map(name -> kind + "/" + name));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void chunks_ofBlock_decodeToTheDumpAndEncodeBack(String block) throws IOException {
        int slash = block.indexOf('/');
        for (var series : GoldenChunks.read(block.substring(0, slash), block.substring(slash + 1))) {
            int row = 0;
            for (Stored stored : series.chunks()) {
                String what = series.name() + " " + stored.encoding() + " " + stored.minMs();
                var samples = new ExactSamples();
                samples.decode(stored.chunk());
                var buffer = new SampleBuffer();
                ChunkCodec.decode(stored.chunk(), buffer);
                assertThat(samples.size()).as(what).isEqualTo(stored.samples());
                assertThat(buffer.size()).as(what).isEqualTo(stored.samples());
                for (int i = 0; i < samples.size(); i++) {
                    check(what, samples, buffer, i, series.samples().get(row++));
                }
                byte[] expected = stored.bytes();
                byte[] again = encode(stored, samples);
                if (block.equals("blocks/index-v1")) {
                    // Written by a Prometheus that began a new byte behind a single value.
                    assertThat(expected).endsWith(0).hasSize(again.length + 1).startsWith(again);
                } else {
                    assertThat(again).as(what).isEqualTo(expected);
                }
            }
            assertThat(row).as(series.name()).isEqualTo(series.samples().size());
        }
    }

    private static void check(
            String what, ExactSamples samples, SampleBuffer buffer, int index, List<@Nullable Object> row) {
        same(what, samples.time(index), GoldenChunks.number(row.get(0)));
        same(what, buffer.times()[index], GoldenChunks.number(row.get(0)));
        long startTime = row.size() > 2 ? GoldenChunks.number(row.get(2)) : 0;
        same(what, samples.startTime(index), startTime);
        long[] starts = buffer.startTimes();
        same(what, starts == null ? 0 : starts[index], startTime);
        Object value = row.get(1);
        switch (samples.kind(index)) {
            case FLOAT -> {
                same(what, GoldenHistograms.hex(samples.value(index)), value);
                same(what, GoldenHistograms.hex(buffer.values()[index]), value);
            }
            case HISTOGRAM -> {
                Histogram histogram = samples.histogram(index);
                same(what, GoldenHistograms.dump(histogram), value);
                same(what, floats(buffer, index), histogram.toFloat());
            }
            case FLOAT_HISTOGRAM -> {
                FloatHistogram histogram = samples.floatHistogram(index);
                same(what, GoldenHistograms.dump(histogram), value);
                same(what, floats(buffer, index), histogram);
            }
        }
    }

    /// An assertion that costs nothing while it holds: there are millions of them.
    private static void same(String what, @Nullable Object actual, @Nullable Object expected) {
        if (!Objects.equals(actual, expected)) {
            assertThat(actual).as(what).isEqualTo(expected);
        }
    }

    private static @Nullable FloatHistogram floats(SampleBuffer buffer, int index) {
        var histograms = buffer.histograms();
        return histograms == null ? null : histograms.get(index);
    }

    static byte[] encode(Stored stored, ExactSamples samples) {
        ChunkEncoding encoding = stored.encoding();
        byte[] bytes = stored.bytes();
        return switch (encoding) {
            case XOR -> {
                var encoder = new XorEncoder();
                for (int i = 0; i < samples.size(); i++) {
                    encoder.append(samples.time(i), samples.value(i));
                }
                yield encoder.toBytes();
            }
            case XOR2 -> {
                var encoder = new Xor2Encoder();
                for (int i = 0; i < samples.size(); i++) {
                    encoder.append(samples.startTime(i), samples.time(i), samples.value(i));
                }
                yield encoder.toBytes();
            }
            case HISTOGRAM, HISTOGRAM_ST -> {
                var encoder = new HistogramEncoder(encoding == ChunkEncoding.HISTOGRAM_ST);
                CounterResetHint header = HistogramChunk.counterReset(encoding, bytes, 0, bytes.length);
                for (int i = 0; i < samples.size(); i++) {
                    Histogram histogram = samples.histogram(i);
                    if (i == 0) {
                        encoder.begin(header, samples.startTime(i), samples.time(i), histogram);
                    } else {
                        assertThat(encoder.append(samples.startTime(i), samples.time(i), gauge(header, histogram)))
                                .isNull();
                    }
                }
                yield encoder.toBytes();
            }
            case FLOAT_HISTOGRAM, FLOAT_HISTOGRAM_ST -> {
                var encoder = new FloatHistogramEncoder(encoding == ChunkEncoding.FLOAT_HISTOGRAM_ST);
                CounterResetHint header = FloatHistogramChunk.counterReset(encoding, bytes, 0, bytes.length);
                for (int i = 0; i < samples.size(); i++) {
                    FloatHistogram histogram = samples.floatHistogram(i);
                    if (i == 0) {
                        encoder.begin(header, samples.startTime(i), samples.time(i), histogram);
                    } else {
                        assertThat(encoder.append(samples.startTime(i), samples.time(i), gauge(header, histogram)))
                                .isNull();
                    }
                }
                yield encoder.toBytes();
            }
            case AGGREGATE -> throw new AssertionError();
        };
    }

    /// A stale marker in a gauge chunk is read without its hint.
    private static Histogram gauge(CounterResetHint header, Histogram histogram) {
        return header == CounterResetHint.GAUGE ? histogram.withHint(header) : histogram;
    }

    private static FloatHistogram gauge(CounterResetHint header, FloatHistogram histogram) {
        return header == CounterResetHint.GAUGE ? histogram.withHint(header) : histogram;
    }

    /// The sub-chunks of downsampled blocks, which Thanos wrote.
    static Stream<String> downsampled() {
        return GoldenChunks.names("downsampled").stream();
    }

    @ParameterizedTest
    @MethodSource("downsampled")
    void aggregates_ofDownsampledBlock_decodeToTheDumpAndEncodeBack(String block) throws IOException {
        for (var series : GoldenChunks.read("downsampled", block)) {
            for (int i = 0; i < series.chunks().size(); i++) {
                Stored stored = series.chunks().get(i);
                var chunk = AggregateChunk.parse(
                        stored.minMs(), stored.maxMs(), 0, stored.bytes(), 0, stored.bytes().length);
                assertThat(chunk.encode()).isEqualTo(stored.bytes());
                Map<?, ?> dump = (Map<?, ?>) series.aggregates().get(i);
                for (Aggregate aggregate : Aggregate.values()) {
                    checkAggregate(
                            series.name(),
                            chunk.part(aggregate),
                            dump.get(aggregate.name().toLowerCase(Locale.ROOT)));
                }
            }
        }
    }

    private static void checkAggregate(String what, @Nullable EncodedChunk part, @Nullable Object dump) {
        if (part == null) {
            assertThat(dump).as(what).isNull();
            return;
        }
        var samples = new ExactSamples();
        samples.decode(part);
        var buffer = new SampleBuffer();
        ChunkCodec.decode(part, buffer);
        List<?> rows = (List<?>) Objects.requireNonNull(dump);
        assertThat(rows).as(what).hasSize(samples.size());
        for (int i = 0; i < samples.size(); i++) {
            @SuppressWarnings("unchecked")
            var row = (List<@Nullable Object>) rows.get(i);
            check(what, samples, buffer, i, row);
        }
        var stored = new Stored(part.encoding(), part.minMs(), part.maxMs(), samples.size(), part.copyBytes());
        assertThat(encode(stored, samples)).as(what).isEqualTo(stored.bytes());
    }
}
