package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.IndexHeader;
import io.meridian.tsdb.index.ReadCost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockTest {
    private static final BlockId ID = BlockId.parse("01M16X3WR0BZCE9WC2V9FAB8XY");
    private static final int SERIES = 200;
    private static final LabelMatcher UP = LabelMatcher.equal("__name__", "up");

    @TempDir
    private Path directory = Path.of("");

    private final Bucket bucket = new InMemoryBucket();

    private Block open(Labels external) throws IOException {
        var meta = SmallBlock.write(directory.resolve("b"), ID, external, SERIES, SeededRandom.create("BlockTest"));
        new BlockUpload(false).uploadUnchecked(directory.resolve("b"), meta, bucket, Instant.EPOCH);
        return BlockFiles.open(bucket, ID);
    }

    /// As a store opens it: index-header and ranges.
    private Block openRanged() throws IOException {
        var meta = BlockMeta.parse("meta.json", bucket.readAll(ID + "/meta.json"));
        var cost = new ReadCost(200, 2000, 4);
        var index =
                ByteSource.of(bucket, ID + "/index", bucket.stat(ID + "/index").sizeBytes(), cost);
        var header = IndexHeader.openOrBuild(directory.resolve("index-header"), index, 0, QueryContext.unlimited());
        var segments = BlockFiles.segments(meta, BlockFiles.sizes(bucket, ID));
        return new Block(meta, header, new ChunkReader(bucket, segments, meta, cost), Tombstones.NONE);
    }

    private static List<Series> all(SeriesSource source, Selection selection) {
        var result = new ArrayList<Series>();
        try (var set = source.select(selection, QueryContext.unlimited())) {
            for (var series = set.next(); series != null; series = set.next()) {
                result.add(series);
            }
        }
        return result;
    }

    private static Selection of(LabelMatcher... matchers) {
        return new Selection(List.of(matchers), TimeRange.ALL);
    }

    @Test
    void select_ofAMetric_hasItsSeriesWithExternalLabels() throws IOException {
        try (var block = open(Labels.of("cluster", "c1", "job", "outer"))) {
            var series = all(block, of(UP, LabelMatcher.equal("cluster", "c1")));
            assertThat(series).hasSize(SERIES / 2);
            assertThat(series).extracting(one -> one.labels().get("job")).containsOnly("outer");
            assertThat(all(block, of(UP, LabelMatcher.equal("cluster", "c2")))).isEmpty();
            assertThat(block.labelValues("job", of(UP), QueryContext.unlimited()))
                    .containsExactly("outer");
            assertThat(block.labelNames(of(), QueryContext.unlimited()))
                    .containsExactly("__name__", "cluster", "job", "pod");
        }
    }

    @Test
    void select_whenExternalLabelsBreakTheOrder_isSortedAndEachLabelSetOnce() throws IOException {
        try (var block = open(Labels.of("pod", "one", "a", "b"))) {
            var labels = all(block, of()).stream().map(Series::labels).toList();
            assertThat(labels).isSorted().doesNotHaveDuplicates().hasSize(10);
        }
    }

    @Test
    void select_ofAPartOfTheTime_readsOnlyItsChunks() throws IOException {
        try (var block = open(Labels.of("cluster", "c1"))) {
            long from = SmallBlock.START + SmallBlock.SAMPLES_PER_CHUNK * SmallBlock.STEP_MS;
            var range = new TimeRange(from, from + SmallBlock.STEP_MS);
            var series = all(block, new Selection(List.of(UP), range));
            assertThat(series).isNotEmpty().allSatisfy(one -> {
                assertThat(((ChunkSeries) one).chunks()).hasSize(1);
                var samples = new SampleBuffer();
                one.read(range, samples);
                assertThat(samples.size()).isEqualTo(2);
                assertThat(samples.times()[0]).isEqualTo(from);
            });
            assertThat(all(block, new Selection(List.of(UP), new TimeRange(0, 5))))
                    .isEmpty();
        }
    }

    @Test
    void select_withLimitAndLabelsOnly_readsNoChunks() throws IOException {
        try (var block = open(Labels.of("cluster", "c1"))) {
            var context = QueryContext.unlimited();
            var selection = of(UP).withHints(SelectHints.NONE.withLabelsOnly(7));
            int count = 0;
            try (var set = block.select(selection, context)) {
                for (var series = set.next(); series != null; series = set.next()) {
                    assertThat(((ChunkSeries) series).chunks()).isEmpty();
                    count++;
                }
            }
            assertThat(count).isEqualTo(7);
            assertThat(context.bytesHeld()).isZero();
        }
    }

    @Test
    void select_behindAnIndexHeader_isTheSame() throws IOException {
        try (var whole = open(Labels.of("cluster", "c1"));
                var ranged = openRanged()) {
            for (var selection : List.of(
                    of(),
                    of(UP),
                    of(LabelMatcher.of(LabelMatcher.Type.REGEX, "pod", "p1.*")),
                    of(LabelMatcher.of(LabelMatcher.Type.NOT_EQUAL, "job", "j1"), UP))) {
                assertThat(all(ranged, selection))
                        .isEqualTo(all(whole, selection))
                        .isNotEmpty();
            }
        }
    }

    @Test
    void select_withTombstones_leavesOutDeletedTimes() throws IOException {
        try (var block = open(Labels.of("cluster", "c1"))) {
            long[] refs = new long[1];
            block.index().select(List.of(UP), QueryContext.unlimited()).fill(refs);
            var deleted = Tombstones.of(List.of(new Tombstones.Stone(
                    refs[0], new TimeRange(SmallBlock.START + 1, SmallBlock.START + 3 * SmallBlock.STEP_MS))));
            var same = new Block(block.meta(), block.index(), block.chunks(), deleted);
            var series = all(same, of(UP));
            var first = new SampleBuffer();
            series.get(0).read(new TimeRange(0, SmallBlock.START + 5 * SmallBlock.STEP_MS), first);
            assertThat(first.size()).isEqualTo(3);
            assertThat(first.times()[1]).isEqualTo(SmallBlock.START + 4 * SmallBlock.STEP_MS);
            var second = new SampleBuffer();
            series.get(1).read(new TimeRange(0, SmallBlock.START + 5 * SmallBlock.STEP_MS), second);
            assertThat(second.size()).isEqualTo(6);
        }
    }

    @Test
    void select_ofADamagedSegment_saysWhichBlockAndWhere() throws IOException {
        try (var _ = open(Labels.of("cluster", "c1"))) {
            byte[] bytes = bucket.readAll(ID + "/chunks/000001");
            bytes[bytes.length / 2] ^= 1;
            bucket.put(ID + "/chunks/000001", bytes, Bucket.Precondition.NONE);
        }
        try (var block = BlockFiles.open(bucket, ID)) {
            assertThatThrownBy(() -> all(block, of()))
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining(ID.toString())
                    .hasMessageContaining("chunks/000001 at byte");
            var context = new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, QueryContext.PartialResponse.WARN);
            try (var set = block.select(of(), context)) {
                assertThat(set.next()).isNull();
            }
            assertThat(context.notices()).hasSize(1);
            assertThat(context.notices().getFirst().externalLabels()).isEqualTo(Labels.of("cluster", "c1"));
        }
    }

    @Test
    void write_beyondTheSegmentSize_beginsASegment() throws IOException {
        var chunks = SmallBlock.chunks(5, 0);
        int size = 5 + 1 + ((io.meridian.model.chunk.EncodedChunk) chunks.getFirst()).length() + 4;
        try (var writer = new ChunkWriter(directory.resolve("chunks"), 8 + 2L * size + 10)) {
            var refs = new long[5];
            writer.write(chunks, refs);
            assertThat(writer.names()).containsExactly("000001", "000002", "000003");
            assertThat(refs[0]).isEqualTo(8);
            assertThat(refs[2] >>> 32).isEqualTo(1);
            writer.write(chunks.subList(0, 1), refs);
            assertThat(refs[0] >>> 32).isEqualTo(2);
            writer.write(chunks.subList(0, 1), refs);
            assertThat(refs[0] >>> 32).isEqualTo(3);
            writer.finish();
        }
    }
}
