package io.meridian.storegateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryContext.PartialResponse;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.SelectHints;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.objstore.Bucket.Precondition;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.index.ReadCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketSourceTest {
    private static final long HOUR_MS = TestBlocks.HOUR_MS;
    private static final long FIVE_MINUTES = 300_000;
    private static final Labels A = Labels.of("cluster", "a");
    private static final Labels B = Labels.of("cluster", "b");
    private static final LabelMatcher UP = LabelMatcher.of(LabelMatcher.Type.EQUAL, "__name__", "up");

    @TempDir
    Path directory;

    private final InMemoryBucket bucket = new InMemoryBucket();

    private TestBlocks blocks() throws IOException {
        return new TestBlocks(bucket, Files.createDirectories(directory.resolve("blocks")));
    }

    private BlockCatalog synced() throws IOException {
        BlockCatalog catalog = TestBlocks.catalog(bucket, directory.resolve("local"), TestBlocks.settings());
        catalog.sync();
        return catalog;
    }

    private static QueryContext warning() {
        return new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, PartialResponse.WARN);
    }

    /// Number of samples by series.
    private static Map<String, Integer> select(SeriesSource source, Selection selection, QueryContext context) {
        Map<String, Integer> counts = new TreeMap<>();
        try (var set = source.select(selection, context)) {
            Labels before = Labels.empty();
            for (Series series = set.next(); series != null; series = set.next()) {
                assertThat(series.labels()).isGreaterThan(before);
                before = series.labels();
                var samples = new SampleBuffer();
                series.read(selection.range(), samples);
                for (int i = 0; i < samples.size(); i++) {
                    assertThat(samples.values()[i]).isEqualTo(samples.times()[i] / 1000.0);
                }
                counts.put(series.labels().toString(), samples.size());
            }
        }
        return counts;
    }

    @Test
    void select_seriesOfSeveralBlocks_areMerged() throws IOException {
        TestBlocks blocks = blocks();
        blocks.add(0, 2 * HOUR_MS, A, 0, 2);
        blocks.add(2 * HOUR_MS, 4 * HOUR_MS, A, 0, 3);
        blocks.add(0, 2 * HOUR_MS, B, 0, 1);
        try (BlockCatalog catalog = synced()) {
            BucketSource source = TestBlocks.source(catalog);
            var all = new Selection(List.of(UP), new TimeRange(0, 4 * HOUR_MS));
            assertThat(select(source, all, QueryContext.unlimited()))
                    .isEqualTo(Map.of(
                            "{__name__=\"up\", cluster=\"a\", instance=\"00000\"}", 240,
                            "{__name__=\"up\", cluster=\"a\", instance=\"00001\"}", 240,
                            "{__name__=\"up\", cluster=\"a\", instance=\"00002\"}", 120,
                            "{__name__=\"up\", cluster=\"b\", instance=\"00000\"}", 120));
            var one = new Selection(
                    List.of(UP, LabelMatcher.of(LabelMatcher.Type.EQUAL, "cluster", "b")),
                    new TimeRange(0, 10 * 60_000));
            assertThat(select(source, one, QueryContext.unlimited()))
                    .isEqualTo(Map.of("{__name__=\"up\", cluster=\"b\", instance=\"00000\"}", 11));
            assertThat(source.labelNames(all, QueryContext.unlimited()))
                    .containsExactly("__name__", "cluster", "instance");
            assertThat(source.labelValues("cluster", all, QueryContext.unlimited()))
                    .containsExactly("a", "b");
            assertThat(source.coverage()).hasSize(2);
        }
    }

    @Test
    void select_seriesOfSeveralBlocksInADirectory_areReadWhereTheyLie() throws IOException {
        var local = new FilesystemBucket(Files.createDirectories(directory.resolve("bucket")));
        var blocks = new TestBlocks(local, Files.createDirectories(directory.resolve("blocks")));
        blocks.add(0, 2 * HOUR_MS, A, 0, 2);
        blocks.add(2 * HOUR_MS, 4 * HOUR_MS, A, 0, 3);
        blocks.add(4 * HOUR_MS, 6 * HOUR_MS, A, 0, 1);
        blocks.add(5 * HOUR_MS, 6 * HOUR_MS, A, 0, 1);
        var opener = new BucketBlockOpener(local, () -> ReadCost.LOCAL, new ByteCache(1 << 20));
        try (var catalog = new BlockCatalog(local, directory.resolve("local"), TestBlocks.settings(), opener)) {
            catalog.sync();
            BucketSource source = TestBlocks.source(catalog);
            var apart = new Selection(List.of(UP), new TimeRange(HOUR_MS, 4 * HOUR_MS - 1));
            try (var set = source.select(apart, QueryContext.unlimited())) {
                for (int i = 0; i < 3; i++) {
                    var series = (ChunkedSeries) requireNonNull(set.next());
                    assertThat(series.isPlain()).isTrue();
                    List<Chunk> visited = new ArrayList<>();
                    series.visit((encoding, minMs, maxMs, bytes, offset, length) -> visited.add(new EncodedChunk(
                            encoding, minMs, maxMs, Arrays.copyOfRange(bytes, offset, offset + length))));
                    assertThat(visited).isEqualTo(series.chunks()).isNotEmpty();
                    assertThat(series.extent())
                            .isEqualTo(new TimeRange(
                                    visited.getFirst().minMs(),
                                    visited.getLast().maxMs()));
                }
            }
            assertThat(select(source, apart, QueryContext.unlimited()).values()).containsExactly(180, 180, 120);
            // two blocks that overlap
            var all = new Selection(List.of(UP), new TimeRange(0, 6 * HOUR_MS));
            assertThat(select(source, all, QueryContext.unlimited()).values()).containsExactly(360, 240, 120);
        }
    }

    @Test
    void select_resolutions_areChosenAsThanosDoes() throws IOException {
        TestBlocks blocks = blocks();
        BlockId raw0 = blocks.add(0, 2 * HOUR_MS, A, 0, 1);
        BlockId raw2 = blocks.add(2 * HOUR_MS, 4 * HOUR_MS, A, 0, 1);
        BlockId five = blocks.add(0, 2 * HOUR_MS, A, FIVE_MINUTES, 1);
        BlockId hour = blocks.add(8 * HOUR_MS, 10 * HOUR_MS, A, HOUR_MS, 1);
        try (BlockCatalog catalog = synced()) {
            BlockGroup group = catalog.snapshot().groups().getFirst();
            var range = new TimeRange(0, 12 * HOUR_MS);
            assertThat(ids(group.choose(range, 0))).containsExactly(raw0, raw2);
            assertThat(ids(group.choose(range, FIVE_MINUTES))).containsExactly(five, raw2);
            assertThat(ids(group.choose(range, HOUR_MS))).containsExactly(five, raw2, hour);
            assertThat(ids(group.choose(range, HOUR_MS - 1))).containsExactly(five, raw2);
            assertThat(ids(group.choose(new TimeRange(9 * HOUR_MS, 9 * HOUR_MS), 0)))
                    .isEmpty();

            // only coarser data is left: it answers those who can read it, and they are told
            BucketSource source = TestBlocks.source(catalog);
            var late = new Selection(List.of(UP), new TimeRange(8 * HOUR_MS, 9 * HOUR_MS));
            QueryContext context = warning();
            assertThat(select(source, late, context)).isEmpty();
            assertThat(context.notices()).isEmpty();
            var reading = late.withHints(SelectHints.NONE.withDownsampling(0, Set.of(Aggregate.COUNT, Aggregate.SUM)));
            assertThat(select(source, reading, context)).hasSize(1);
            assertThat(context.notices())
                    .hasSize(1)
                    .allSatisfy(notice -> assertThat(notice.reason()).contains("coarser resolution"));
        }
    }

    private static List<BlockId> ids(Iterable<ServedBlock> blocks) {
        List<BlockId> ids = new ArrayList<>();
        blocks.forEach(block -> ids.add(block.meta().id()));
        return ids;
    }

    @Test
    void select_blockHints_restrict() throws IOException {
        TestBlocks blocks = blocks();
        BlockId first = blocks.add(0, HOUR_MS, A, 0, 1);
        blocks.add(HOUR_MS, 2 * HOUR_MS, A, 0, 1);
        try (BlockCatalog catalog = synced()) {
            BucketSource source = TestBlocks.source(catalog);
            var all = new Selection(List.of(UP), new TimeRange(0, 4 * HOUR_MS));
            var one = source.restrictedTo(
                    List.of(LabelMatcher.of(LabelMatcher.Type.EQUAL, "__block_id", first.toString())));
            assertThat(select(one, all, QueryContext.unlimited()).values()).containsExactly(60);
            assertThat(source.queriedBlocks(all)).hasSize(2).contains(first.toString());
        }
    }

    @Test
    void select_blockThatRots_costsItsOwnDataAndANotice() throws IOException {
        TestBlocks blocks = blocks();
        BlockId rotten = blocks.add(0, HOUR_MS, A, 0, 1);
        blocks.add(HOUR_MS, 2 * HOUR_MS, A, 0, 1);
        BlockId headless = blocks.add(2 * HOUR_MS, 3 * HOUR_MS, A, 0, 1);
        bucket.put(headless + "/index", new byte[80], Precondition.NONE);
        byte[] chunks = bucket.readAll(rotten + "/chunks/000001");
        chunks[chunks.length / 2] ^= 4;
        bucket.put(rotten + "/chunks/000001", chunks, Precondition.NONE);
        try (BlockCatalog catalog = synced()) {
            BucketSource source = TestBlocks.source(catalog);
            QueryContext context = warning();
            var all = new Selection(List.of(UP), new TimeRange(0, 4 * HOUR_MS));
            assertThat(select(source, all, context).values()).containsExactly(60);
            assertThat(context.notices())
                    .extracting(notice -> notice.source() + " " + notice.externalLabels())
                    .containsExactlyInAnyOrder("block " + rotten + " " + A, "block " + headless + " " + A);

            assertThatThrownBy(() -> select(source, all, QueryContext.unlimited()))
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("block ");

            QueryContext elsewhere = warning();
            select(source, new Selection(List.of(UP), new TimeRange(HOUR_MS, 2 * HOUR_MS - 1)), elsewhere);
            assertThat(elsewhere.notices()).isEmpty();
        }
    }

    @Test
    void select_whileBlocksComeAndGo_neverFails() throws Exception {
        TestBlocks blocks = blocks();
        List<BlockId> ids = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            ids.add(blocks.add(i * HOUR_MS, (i + 1) * HOUR_MS, A, 0, 3));
        }
        byte[] meta = bucket.readAll(ids.get(3) + "/meta.json");
        try (BlockCatalog catalog = synced()) {
            BucketSource source = TestBlocks.source(catalog);
            var all = new Selection(List.of(UP), new TimeRange(0, 10 * HOUR_MS));
            var stop = new AtomicBoolean();
            Thread changer = Thread.ofVirtual().start(() -> {
                try {
                    for (boolean there = false; !stop.get(); there = !there) {
                        if (there) {
                            bucket.put(ids.get(3) + "/meta.json", meta, Precondition.NONE);
                        } else {
                            bucket.delete(ids.get(3) + "/meta.json");
                        }
                        catalog.sync();
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            try {
                for (int i = 0; i < 40; i++) {
                    var counts = select(source, all, QueryContext.unlimited());
                    assertThat(counts).hasSize(3);
                    assertThat(counts.values()).allMatch(count -> count == 300 || count == 360);
                }
            } finally {
                stop.set(true);
                changer.join();
            }
        }
    }

    @Test
    void select_closedEarly_letsBlocksGo() throws IOException {
        blocks().add(0, 2 * HOUR_MS, A, 0, 2000);
        BlockCatalog catalog = synced();
        ServedBlock block = catalog.snapshot().blocks().values().iterator().next();
        BucketSource source = TestBlocks.source(catalog);
        try (var set =
                source.select(new Selection(List.of(UP), new TimeRange(0, 2 * HOUR_MS)), QueryContext.unlimited())) {
            assertThat(set.next()).isNotNull();
        }
        catalog.close();
        while (block.tryHold()) {
            block.release(); // until the thread that read ahead has ended
            Thread.onSpinWait();
        }
        assertThat(block.tryHold()).isFalse();
    }
}
