package io.meridian.storegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.Bucket.Precondition;
import io.meridian.objstore.FaultyBucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.objstore.MeteredBucket;
import io.meridian.storegateway.BlockFilter.State;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.SelectorRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockCatalogTest {
    private static final long HOUR_MS = TestBlocks.HOUR_MS;
    private static final Labels A = Labels.of("cluster", "a");

    @TempDir
    Path directory;

    private final InMemoryBucket bucket = new InMemoryBucket();

    private TestBlocks blocks() throws IOException {
        return new TestBlocks(bucket, Files.createDirectories(directory.resolve("blocks")));
    }

    private static Bucket counted(Bucket bucket, Map<MeteredBucket.Operation, Integer> counts) {
        return new MeteredBucket(bucket, (operation, _, _, _) -> counts.merge(operation, 1, Integer::sum));
    }

    @Test
    void sync_coldAndWarm_asksOnlyForWhatTheListingDoesNotShow() throws IOException {
        TestBlocks blocks = blocks();
        for (int i = 0; i < 20; i++) {
            blocks.add(i * HOUR_MS, (i + 1) * HOUR_MS, A, 0, 2);
        }
        Map<MeteredBucket.Operation, Integer> counts = new ConcurrentHashMap<>();
        Path local = directory.resolve("local");
        try (var catalog = TestBlocks.catalog(counted(bucket, counts), local, TestBlocks.settings())) {
            catalog.sync();
            // a meta.json and a small index for each
            assertThat(counts).isEqualTo(Map.of(MeteredBucket.Operation.LIST, 1, MeteredBucket.Operation.READ, 40));
            catalog.sync();
            assertThat(counts).isEqualTo(Map.of(MeteredBucket.Operation.LIST, 2, MeteredBucket.Operation.READ, 40));
            assertThat(catalog.snapshot().blocks()).hasSize(20);
        }
        counts.clear();
        try (var catalog = TestBlocks.catalog(counted(bucket, counts), local, TestBlocks.settings())) {
            catalog.sync();
            assertThat(counts).isEqualTo(Map.of(MeteredBucket.Operation.LIST, 1));
            assertThat(catalog.snapshot().blocks()).hasSize(20);
        }
    }

    @Test
    void sync_damagedLocalFiles_areMadeAgain() throws IOException {
        BlockId id = blocks().add(0, HOUR_MS, A, 0, 2);
        Path local = directory.resolve("local");
        for (int round = 0; round < 2; round++) {
            try (var catalog = TestBlocks.catalog(bucket, local, TestBlocks.settings())) {
                catalog.sync();
                assertThat(catalog.snapshot().blocks()).containsOnlyKeys(id);
                assertThat(catalog.snapshot().problems()).isEmpty();
            }
            try (var files = Files.list(local)) {
                for (Path file : files.toList()) {
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(file, bytes);
                }
            }
        }
    }

    @Test
    void sync_removedBlock_isDroppedWithItsLocalFiles() throws IOException {
        TestBlocks blocks = blocks();
        BlockId kept = blocks.add(0, HOUR_MS, A, 0, 1);
        BlockId gone = blocks.add(HOUR_MS, 2 * HOUR_MS, A, 0, 1);
        Path local = directory.resolve("local");
        try (var catalog = TestBlocks.catalog(bucket, local, TestBlocks.settings())) {
            catalog.sync();
            assertThat(catalog.snapshot().blocks()).containsOnlyKeys(kept, gone);
            for (String file : List.of("meta.json", "index", "chunks/000001")) {
                bucket.delete(gone + "/" + file);
            }
            catalog.sync();
            assertThat(catalog.snapshot().blocks()).containsOnlyKeys(kept);
            assertThat(local.resolve(gone + ".index-header")).doesNotExist();
            assertThat(local.resolve(kept + ".index-header")).exists();
        }
    }

    @Test
    void sync_listingFails_keepsWhatIsServed() throws IOException {
        BlockId id = blocks().add(0, HOUR_MS, A, 0, 1);
        var broken = new AtomicBoolean();
        var fault = new FaultyBucket.Fault(FaultyBucket.Kind.FAIL, Duration.ZERO);
        var faulty = new FaultyBucket(bucket, _ -> broken.get() ? fault : FaultyBucket.Fault.NOTHING);
        try (var catalog = TestBlocks.catalog(faulty, directory.resolve("local"), TestBlocks.settings())) {
            catalog.sync();
            broken.set(true);
            assertThatThrownBy(catalog::sync).isInstanceOf(IOException.class);
            assertThat(catalog.snapshot().blocks()).containsOnlyKeys(id);
        }
    }

    @Test
    void sync_brokenBlocks_costOnlyThemselvesAndAreNamed() throws IOException {
        TestBlocks blocks = blocks();
        BlockId healthy = blocks.add(0, HOUR_MS, A, 0, 1);
        BlockId noIndex = blocks.add(HOUR_MS, 2 * HOUR_MS, A, 0, 1);
        bucket.delete(noIndex + "/index");
        BlockId cutIndex = blocks.add(2 * HOUR_MS, 3 * HOUR_MS, A, 0, 1);
        bucket.put(cutIndex + "/index", new byte[100], Precondition.NONE);
        BlockId noSegment = blocks.add(3 * HOUR_MS, 4 * HOUR_MS, A, 0, 1);
        BlockId badMeta = blocks.add(4 * HOUR_MS, 5 * HOUR_MS, A, 0, 1);
        bucket.put(badMeta + "/meta.json", "{\"version\": 1".getBytes(StandardCharsets.UTF_8), Precondition.NONE);
        BlockId noMeta = blocks.add(5 * HOUR_MS, 6 * HOUR_MS, A, 0, 1);
        bucket.delete(noMeta + "/meta.json");
        BlockId other = blocks.add(6 * HOUR_MS, 7 * HOUR_MS, A, 0, 1);
        bucket.put(
                other + "/meta.json", TestBlocks.meta(healthy, 0, HOUR_MS, A, 0).encode(), Precondition.NONE);
        try (var catalog = TestBlocks.catalog(bucket, directory.resolve("local"), TestBlocks.settings())) {
            catalog.sync();
            assertThat(catalog.snapshot().blocks()).containsOnlyKeys(healthy, noSegment);
            assertThat(catalog.snapshot().problems())
                    .extracting(problem -> problem.id() + " " + problem.kind())
                    .containsExactlyInAnyOrder(
                            noIndex + " UNREADABLE",
                            cutIndex + " UNREADABLE",
                            badMeta + " UNREADABLE",
                            noMeta + " INCOMPLETE",
                            other + " UNREADABLE");
            assertThat(catalog.states())
                    .containsEntry(State.FAILED, 2)
                    .containsEntry(State.CORRUPT_META, 2)
                    .containsEntry(State.NO_META, 1);
        }
    }

    @Test
    void filter_appliesDelaysMarksLabelsAndDuplicates() {
        long now = TestBlocks.NOW.toEpochMilli();
        BlockMeta old = meta(1, now - 50 * HOUR_MS, A, List.of(1));
        BlockMeta fresh = meta(2, now - HOUR_MS / 4, A, List.of(2));
        BlockMeta marked = meta(3, now - 40 * HOUR_MS, A, List.of(3));
        BlockMeta markedLately = meta(4, now - 40 * HOUR_MS, A, List.of(4));
        BlockMeta merged = meta(5, now - 30 * HOUR_MS, A, List.of(6, 7));
        BlockMeta part = meta(6, now - 31 * HOUR_MS, A, List.of(6));
        BlockMeta otherGroup = meta(7, now - 31 * HOUR_MS, Labels.of("cluster", "b"), List.of(6));
        BlockMeta excluded = meta(8, now - 31 * HOUR_MS, Labels.of("cluster", "c"), List.of(8));
        BlockMeta again = meta(9, now - 20 * HOUR_MS, A, List.of(6, 7));
        var selector = SelectorRules.parse("[{action: drop, source_labels: [cluster], regex: c}]");
        var filter = new BlockFilter(TestBlocks.settings(selector, Duration.ofMinutes(30)));
        long hour = 3600;
        long seconds = TestBlocks.NOW.getEpochSecond();
        var marks = Map.of(
                marked.id(), BlockMark.deletion(marked.id(), "", seconds - 25 * hour),
                markedLately.id(), BlockMark.deletion(markedLately.id(), "", seconds - 23 * hour));
        var counts = new EnumMap<State, Integer>(State.class);
        List<BlockMeta> kept = filter.apply(
                List.of(old, fresh, marked, markedLately, merged, part, otherGroup, excluded, again), marks, counts);
        assertThat(kept).containsExactlyInAnyOrder(old, markedLately, merged, otherGroup);
        assertThat(counts)
                .containsEntry(State.TOO_FRESH, 1)
                .containsEntry(State.MARKED_FOR_DELETION, 1)
                .containsEntry(State.LABEL_EXCLUDED, 1)
                .containsEntry(State.DUPLICATE, 2)
                .containsEntry(State.LOADED, 4);
    }

    @Test
    void filter_metaThatLies_hidesNoOtherBlock() {
        long now = TestBlocks.NOW.toEpochMilli();
        BlockMeta sound = meta(1, now - 50 * HOUR_MS, A, List.of(1));
        BlockMeta other = meta(2, now - 49 * HOUR_MS, A, List.of(2)).withTimes(HOUR_MS, 2 * HOUR_MS);
        BlockMeta claimsAll = meta(3, now - 48 * HOUR_MS, A, List.of(1, 2, 3)).withTimes(5 * HOUR_MS, 6 * HOUR_MS);
        BlockMeta noSources = meta(4, now - 47 * HOUR_MS, A, List.of());
        BlockMeta fromTheFuture = meta(5, now + 1000 * HOUR_MS, A, List.of(5));
        BlockMeta markedForEver = meta(6, now - 46 * HOUR_MS, A, List.of(6));
        var marks = Map.of(markedForEver.id(), BlockMark.deletion(markedForEver.id(), "", Long.MAX_VALUE));
        var all = List.of(sound, other, claimsAll, noSources, fromTheFuture, markedForEver);
        var filter = new BlockFilter(TestBlocks.settings(SelectorRules.ALL, Duration.ofMinutes(30)));

        assertThat(filter.apply(all, marks, new EnumMap<>(State.class))).containsExactlyInAnyOrderElementsOf(all);
    }

    private static BlockMeta meta(int number, long timeMs, Labels labels, List<Integer> sources) {
        BlockId id = new BlockId(timeMs << 16, number);
        BlockMeta meta = TestBlocks.meta(id, 0, HOUR_MS, labels, 0);
        List<BlockId> ids =
                sources.stream().map(source -> new BlockId(0, source)).toList();
        return meta.withCompaction(new BlockMeta.Compaction(1, ids, List.of(), List.of()));
    }
}
