package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FaultyBucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One block of two groups is broken: the other group is merged and downsampled to the end, nothing that was in the
/// bucket is lost, and the block is named with a reason.
class FaultCatalogueTest {
    private static final Labels A = Labels.of("cluster", "a");
    private static final Labels B = Labels.of("cluster", "b");
    private static final int BLOCKS = 9;
    private static final int BROKEN = 2;

    @TempDir
    private Path directory;

    enum Fault {
        INDEX_CUT("index"),
        INDEX_EMPTY("index"),
        INDEX_MISSING("index"),
        INDEX_SYMBOL_FLIPPED("index"),
        INDEX_SERIES_FLIPPED("index"),
        INDEX_POSTINGS_FLIPPED("index"),
        INDEX_OF_ANOTHER_BLOCK("index"),
        CHUNKS_CUT("chunks/000001"),
        CHUNKS_EMPTY("chunks/000001"),
        CHUNKS_MISSING("chunks/000001"),
        CHUNKS_FLIPPED("chunks/000001"),
        META_CUT("meta.json"),
        META_EMPTY("meta.json"),
        META_FUTURE_VERSION("meta.json"),
        META_OF_ANOTHER_BLOCK("meta.json"),
        META_WRONG_RANGE("meta.json"),
        META_MISSING("meta.json"),
        TOMBSTONES_GARBAGE("tombstones"),
        FOREIGN_OBJECT("notes.txt"),
        MARK_GARBAGE("no-compact-mark.json"),
        DELETION_MARK_GARBAGE("deletion-mark.json");

        final String file;

        Fault(String file) {
            this.file = file;
        }

        /// Whether somebody has to be told.
        boolean harms() {
            return switch (this) {
                case FOREIGN_OBJECT, MARK_GARBAGE, DELETION_MARK_GARBAGE, META_MISSING -> false;
                default -> true;
            };
        }
    }

    private static void breakBlock(Bucket bucket, BlockId id, BlockId other, Fault fault) throws IOException {
        String key = BlockFiles.key(id, fault.file);
        switch (fault) {
            case INDEX_CUT, CHUNKS_CUT, META_CUT -> {
                byte[] bytes = bucket.readAll(key);
                put(bucket, key, Arrays.copyOf(bytes, bytes.length / 2));
            }
            case INDEX_EMPTY, CHUNKS_EMPTY, META_EMPTY -> put(bucket, key, new byte[0]);
            case INDEX_MISSING, CHUNKS_MISSING, META_MISSING -> bucket.delete(key);
            case INDEX_SYMBOL_FLIPPED -> flip(bucket, key, 20);
            case INDEX_SERIES_FLIPPED -> flip(bucket, key, 130);
            case INDEX_POSTINGS_FLIPPED -> flip(bucket, key, 260);
            case CHUNKS_FLIPPED -> flip(bucket, key, 100);
            case INDEX_OF_ANOTHER_BLOCK, META_OF_ANOTHER_BLOCK ->
                put(bucket, key, bucket.readAll(BlockFiles.key(other, fault.file)));
            case META_FUTURE_VERSION -> replace(bucket, key, "\"version\": 1", "\"version\": 2");
            case META_WRONG_RANGE -> {
                var meta = BlockMeta.parse(key, bucket.readAll(key));
                put(
                        bucket,
                        key,
                        meta.withTimes(meta.minTimeMs(), meta.minTimeMs() + 60_000)
                                .encode());
            }
            case TOMBSTONES_GARBAGE, FOREIGN_OBJECT, MARK_GARBAGE, DELETION_MARK_GARBAGE ->
                put(bucket, key, "garbage".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void put(Bucket bucket, String key, byte[] bytes) throws IOException {
        bucket.put(key, bytes, Bucket.Precondition.NONE);
    }

    private static void flip(Bucket bucket, String key, int at) throws IOException {
        byte[] bytes = bucket.readAll(key);
        bytes[at] ^= 4;
        put(bucket, key, bytes);
    }

    private static void replace(Bucket bucket, String key, String from, String to) throws IOException {
        String text = new String(bucket.readAll(key), StandardCharsets.UTF_8);
        assertThat(text).contains(from);
        put(bucket, key, text.replaceFirst(from, to).getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    void run_oneBadBlock_costsNothingElse(Fault fault) throws IOException {
        var harness = new CompactorHarness(directory);
        var ids = harness.addStream(A, BLOCKS);
        harness.addStream(B, BLOCKS);
        BlockId bad = ids.get(BROKEN);
        breakBlock(harness.bucket, bad, ids.get(BROKEN + 3), fault);
        var before = new TreeMap<>(harness.keys());
        // The abandoned upload must be looked at while it is fresh.
        harness.bucket.list("", object -> before.put(object.key(), object.sizeBytes()));

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();
        var after = harness.keys();
        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        for (var labels : List.of(B)) {
            assertThat(harness.rawSamples(labels)).isEqualTo(3L * 120 * BLOCKS);
            assertThat(streams(harness, labels, 0)).as("merged").isLessThan(BLOCKS);
            assertThat(streams(harness, labels, 300_000)).as("downsampled").isPositive();
        }
        if (fault != Fault.META_MISSING) {
            assertThat(after.keySet()).as("nothing is lost").containsAll(before.keySet());
        }
        if (fault.harms()) {
            String told = String.valueOf(harness.status.toJson().get("quarantined"));
            assertThat(told).contains(bad.toString()).contains("reason=");
        }
    }

    private static long streams(CompactorHarness harness, Labels labels, long resolutionMs) throws IOException {
        return harness.live().stream()
                .filter(meta ->
                        meta.thanos().labels().equals(labels) && meta.thanos().resolutionMs() == resolutionMs)
                .count();
    }

    @Test
    void run_duplicateOfABlock_isRetired() throws IOException {
        var harness = new CompactorHarness(directory);
        var ids = harness.addStream(A, 5);
        BlockId copy = BlockId.generate(ids.getLast().timeMs() + 1);
        for (String file : List.of("chunks/000001", "index")) {
            put(harness.bucket, BlockFiles.key(copy, file), harness.bucket.readAll(BlockFiles.key(ids.get(1), file)));
        }
        String key = BlockFiles.key(ids.get(1), BlockMeta.FILE);
        put(
                harness.bucket,
                BlockFiles.key(copy, BlockMeta.FILE),
                BlockMeta.parse(key, harness.bucket.readAll(key)).withId(copy).encode());

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        assertThat(harness.keys()).containsKey(BlockFiles.key(copy, BlockMark.Kind.DELETION.file()));
        assertThat(harness.rawSamples(A)).isEqualTo(3L * 120 * 5);
    }

    @Test
    void run_flakyBucket_endsAsOnAGoodDay() throws IOException {
        var good = new CompactorHarness(Files.createDirectories(directory.resolve("good")));
        var flaky = new CompactorHarness(Files.createDirectories(directory.resolve("flaky")));
        for (var harness : List.of(good, flaky)) {
            for (int i = 0; i < 6; i++) {
                long minMs = CompactorHarness.START + 2L * i * CompactorHarness.HOUR;
                var id = new BlockId((minMs + 2 * CompactorHarness.HOUR) << 16, i);
                harness.addBlock(id, A, minMs, minMs + 2 * CompactorHarness.HOUR, 120_000, List.of());
            }
        }
        good.compactor(good.bucket, CompactorOptions.DEFAULT).run();

        var bucket = new FaultyBucket(flaky.bucket, FaultyBucket.random(7, 0.02));
        for (int attempt = 0; attempt < 40; attempt++) {
            try {
                flaky.compactor(bucket, CompactorOptions.DEFAULT).run();
            } catch (IOException again) {
                // The next pass follows.
            }
        }
        flaky.compactor(flaky.bucket, CompactorOptions.DEFAULT).run();

        assertThat(flaky.content()).isEqualTo(good.content());
    }
}
