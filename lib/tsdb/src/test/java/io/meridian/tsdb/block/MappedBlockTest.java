package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.ChunkedSeries;
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
}
