package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.CounterResetHint;
import io.meridian.model.Histogram;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.Spans;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.HistogramEncoder;
import io.meridian.model.chunk.XorEncoder;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.testkit.SeededRandom;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappedBlockTest {
    private static final BlockId ID = BlockId.parse("01M16X3WR0BZCE9WC2V9FAB8XY");
    private static final LabelMatcher UP = LabelMatcher.equal("__name__", "up");

    @TempDir
    private Path directory = Path.of("");

    private FilesystemBucket bucket() {
        return new FilesystemBucket(directory.resolve("bucket"));
    }

    private Block write(Labels external) throws IOException {
        Path folder = directory.resolve("bucket").resolve(ID.toString());
        SmallBlock.write(folder, ID, external, 200, SeededRandom.create("MappedBlockTest"));
        return BlockFiles.open(bucket(), ID);
    }

    private Block mapped(Block block) throws IOException {
        var segments = BlockFiles.segments(block.meta(), BlockFiles.sizes(bucket(), ID));
        return Block.mapped(block.meta(), block.index(), block.chunks(), new MappedChunks(bucket(), segments), _ -> {});
    }

    private static List<Series> all(Block block, Selection selection, QueryContext context) {
        var result = new ArrayList<Series>();
        try (var set = block.select(selection, context)) {
            for (var series = set.next(); series != null; series = set.next()) {
                result.add(series);
            }
        }
        return result;
    }

    private static QueryContext lenient() {
        return new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, QueryContext.PartialResponse.WARN);
    }

    private static void assertSameSamples(Series actual, Series expected, TimeRange range) {
        var one = new SampleBuffer();
        var other = new SampleBuffer();
        actual.read(range, one);
        expected.read(range, other);
        assertThat(actual.labels()).isEqualTo(expected.labels());
        assertThat(one.size()).isEqualTo(other.size());
        assertThat(Arrays.copyOf(one.times(), one.size())).isEqualTo(Arrays.copyOf(other.times(), one.size()));
        assertThat(Arrays.copyOf(one.values(), one.size())).isEqualTo(Arrays.copyOf(other.values(), one.size()));
    }

    @Test
    void select_anyPartOfTheTime_sameSamplesAndChunksAsReadAhead() throws IOException {
        var random = SeededRandom.create("MappedBlockTest");
        try (var block = write(Labels.of("cluster", "c1"))) {
            var mapped = mapped(block);
            for (int round = 0; round < 30; round++) {
                long from = SmallBlock.START + random.nextLong(-50_000, 1_000_000);
                var range = new TimeRange(from, from + random.nextLong(2_000_000));
                var selection = new Selection(List.of(UP), range);
                var expected = all(block, selection, QueryContext.unlimited());
                var actual = all(mapped, selection, QueryContext.unlimited());
                assertThat(actual).hasSameSizeAs(expected);
                for (int i = 0; i < actual.size(); i++) {
                    assertThat(actual.get(i)).isInstanceOf(MappedSeries.class);
                    assertSameSamples(actual.get(i), expected.get(i), range);
                    assertThat(((ChunkedSeries) actual.get(i)).chunks())
                            .isEqualTo(((ChunkSeries) expected.get(i)).chunks());
                }
            }
        }
    }

    @Test
    void select_whenExternalLabelsMakeSeriesEqual_theyAreMerged() throws IOException {
        try (var block = write(Labels.of("pod", "one", "a", "b"))) {
            var selection = new Selection(List.of(UP), TimeRange.ALL);
            var expected = all(block, selection, QueryContext.unlimited());
            assertThat(all(mapped(block), selection, QueryContext.unlimited())).isEqualTo(expected);
        }
    }

    @Test
    void read_flippedBit_costsItsChunkAndANotice() throws IOException {
        try (var block = write(Labels.of("cluster", "c1"))) {
            var selection = new Selection(List.of(UP), TimeRange.ALL);
            Series whole = all(block, selection, QueryContext.unlimited()).getLast();
            try (var file = new RandomAccessFile(segment().toFile(), "rw")) {
                long position = file.length() - 20;
                file.seek(position);
                int old = file.read();
                file.seek(position);
                file.write(old ^ 4);
            }
            var expected = new SampleBuffer();
            whole.read(TimeRange.ALL, expected);
            var context = lenient();
            var actual = new SampleBuffer();
            all(mapped(block), selection, context).getLast().read(TimeRange.ALL, actual);
            int missing = expected.size() - actual.size();
            assertThat(missing).isEqualTo(SmallBlock.SAMPLES_PER_CHUNK);
            assertThat(Arrays.copyOf(actual.times(), actual.size()))
                    .isEqualTo(Arrays.copyOf(expected.times(), actual.size()));
            assertThat(context.notices()).singleElement().asString().contains(ID.toString(), "checksum mismatch");

            Series strict =
                    all(mapped(block), selection, QueryContext.unlimited()).getLast();
            assertThatThrownBy(() -> strict.read(TimeRange.ALL, new SampleBuffer()))
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("checksum mismatch");
        }
    }

    @Test
    void select_segmentCutAfterItWasMapped_isANotice() throws IOException {
        try (var block = write(Labels.of("cluster", "c1"))) {
            var mapped = mapped(block);
            var selection = new Selection(List.of(UP), TimeRange.ALL);
            all(mapped, selection, lenient()).getFirst().read(TimeRange.ALL, new SampleBuffer());
            try (var file = new RandomAccessFile(segment().toFile(), "rw")) {
                file.setLength(file.length() / 2);
            }
            var context = lenient();
            assertThat(all(mapped, selection, context)).isEmpty();
            assertThat(context.notices()).singleElement().asString().contains("has become shorter");
        }
    }

    private Path segment() {
        return directory.resolve("bucket").resolve(ID.toString()).resolve("chunks/000001");
    }

    /// A block of one series whose chunks are written as they are given.
    private Block write(List<Chunk> chunks) throws IOException {
        Labels labels = Labels.of("__name__", "up");
        var symbols = new SymbolCollector();
        symbols.add(labels);
        try (var writer = new BlockWriter(directory.resolve("bucket").resolve(ID.toString()), symbols)) {
            writer.add(labels, chunks);
            var summary = writer.finish();
            writer.commit(BlockMeta.of(
                    ID,
                    SmallBlock.START,
                    SmallBlock.START + 100_000_000,
                    summary.stats(),
                    new BlockMeta.Compaction(1, List.of(ID), List.of(), List.of()),
                    new BlockMeta.Thanos(Labels.of("cluster", "c1"), 0, "test")
                            .withSegmentFiles(summary.segmentFiles())));
        }
        return mapped(BlockFiles.open(bucket(), ID));
    }

    private static EncodedChunk chunk(boolean histograms, long minMs, long maxMs, long... times) {
        if (!histograms) {
            var encoder = new XorEncoder();
            for (long time : times) {
                encoder.append(SmallBlock.START + time, time);
            }
            return new EncodedChunk(
                    ChunkEncoding.XOR, SmallBlock.START + minMs, SmallBlock.START + maxMs, encoder.toBytes());
        }
        var encoder = new HistogramEncoder(false);
        for (long time : times) {
            var histogram = new Histogram(
                    CounterResetHint.GAUGE,
                    0,
                    0,
                    0,
                    5,
                    time,
                    Spans.of(0, 1),
                    new long[] {5},
                    Spans.NONE,
                    new long[0],
                    new double[0]);
            if (encoder.sampleCount() == 0) {
                encoder.begin(CounterResetHint.GAUGE, 0, SmallBlock.START + time, histogram);
            } else {
                encoder.append(0, SmallBlock.START + time, histogram);
            }
        }
        return new EncodedChunk(
                ChunkEncoding.HISTOGRAM, SmallBlock.START + minMs, SmallBlock.START + maxMs, encoder.toBytes());
    }

    private List<Long> read(Chunk lying, Chunk next, long maxMs, QueryContext context) throws IOException {
        var samples = new SampleBuffer();
        var range = new TimeRange(0, SmallBlock.START + maxMs);
        try (var block = write(List.of(lying, next))) {
            all(block, new Selection(List.of(UP), range), context).getFirst().read(range, samples);
        }
        return Arrays.stream(samples.times(), 0, samples.size())
                .map(time -> time - SmallBlock.START)
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void read_chunkThatReachesFartherThanTheIndexSays_costsNoSampleOfTheNext(boolean histograms) throws IOException {
        var context = lenient();
        var lying = chunk(histograms, 0, 30, 0, 10, 20, 30, 45, 60);

        assertThat(read(lying, chunk(histograms, 40, 60, 40, 50, 60), 1000, context))
                .containsExactly(0L, 10L, 20L, 30L, 40L, 50L, 60L);
        assertThat(context.notices()).singleElement().asString().contains(ID.toString(), "at last");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void read_chunkOfFewerSamplesThanTheIndexSays_isToldThoughTheRangeEndsInIt(boolean histograms) throws IOException {
        var context = lenient();
        var lying = chunk(histograms, 0, 60, 0, 10, 20);

        assertThat(read(lying, chunk(histograms, 70, 70, 70), 50, context)).containsExactly(0L, 10L, 20L);
        assertThat(context.notices()).singleElement().asString().contains(ID.toString(), "at last");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void read_oneWrongTimeInAChunk_isToldThoughTheRangeEndsBeforeIt(boolean histograms) throws IOException {
        var context = lenient();
        var lying = chunk(histograms, 0, 60, 0, 10, 20, 59, 30, 40, 50, 60);

        assertThat(read(lying, chunk(histograms, 70, 70, 70), 50, context)).contains(0L, 10L, 20L);
        assertThat(context.notices()).singleElement().asString().contains(ID.toString(), "times that do not rise");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void read_rangeThatEndsInASoundChunk_isNotTold(boolean histograms) throws IOException {
        var context = lenient();
        var sound = chunk(histograms, 0, 60, 0, 10, 20, 50, 60);

        assertThat(read(sound, chunk(histograms, 70, 70, 70), 25, context)).containsExactly(0L, 10L, 20L);
        assertThat(context.notices()).isEmpty();
    }
}
