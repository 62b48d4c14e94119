package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.model.json.JsonWriter;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FaultyBucket;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.Tombstones;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// One block of two groups is broken: the other group is merged and downsampled to the end, nothing that was in the
/// bucket is lost, and the block is named with a reason.
@Sampled
class FaultCatalogueTest {
    private static final Labels A = Labels.of("cluster", "a");
    private static final Labels B = Labels.of("cluster", "b");
    private static final int BLOCKS = 7;
    private static final int BROKEN = 2;
    private static final long NOW_SECONDS = (CompactorHarness.START + 20 * CompactorHarness.DAY) / 1000;
    private static final int SAMPLED = 24;

    @TempDir
    private Path directory;

    /// Where something is wrong: a file of a block, or beside the blocks.
    private static final List<String> FILES = List.of(
            "index",
            "chunks/000001",
            "meta.json",
            "tombstones",
            "deletion-mark.json",
            "no-compact-mark.json",
            "no-downsample-mark.json",
            "debug/metas",
            "notes.txt");

    private enum Damage {
        TRUNCATED,
        FLIPPED_EARLY,
        FLIPPED,
        FLIPPED_LATE,
        EMPTY,
        MISSING,
        GARBAGE,
        OF_ANOTHER_BLOCK,
        FUTURE_VERSION,
        WRONG_BLOCK,
        WRONG_RANGE
    }

    private record Fault(String file, Damage damage) {
        /// Whether a block has such a file without our doing.
        boolean isOwn() {
            return List.of("index", "chunks/000001", "meta.json").contains(file);
        }

        boolean isPossible() {
            boolean json = file.endsWith(".json");
            return switch (damage) {
                // Another digit of the time is another mark, and nothing shows it.
                case FLIPPED, FLIPPED_LATE -> !file.endsWith("-mark.json");
                case MISSING -> isOwn();
                case WRONG_BLOCK -> json;
                case WRONG_RANGE -> file.equals("meta.json");
                case FUTURE_VERSION -> !file.equals("notes.txt") && !file.equals("debug/metas");
                default -> true;
            };
        }

        /// Whether somebody has to be told: not of what is none of our business, nor of a flipped letter in a text.
        boolean harms() {
            if (file.equals("notes.txt") || file.equals("debug/metas")) {
                return false;
            }
            boolean flipped = List.of(Damage.FLIPPED_EARLY, Damage.FLIPPED, Damage.FLIPPED_LATE)
                    .contains(damage);
            if (file.equals("tombstones")) {
                // Nothing is deleted in either block.
                return damage != Damage.OF_ANOTHER_BLOCK;
            }
            return !flipped || (isOwn() && !file.equals("meta.json"));
        }

        String key(BlockId id) {
            return file.equals("debug/metas") ? file + "/" + id + ".json" : BlockFiles.key(id, file);
        }

        @Override
        public String toString() {
            return file + " " + damage.name().toLowerCase(Locale.ROOT);
        }
    }

    /// All of them in the long run, some of them otherwise.
    static List<Fault> faults() {
        var all = new ArrayList<>(FILES.stream()
                .flatMap(file -> Arrays.stream(Damage.values()).map(damage -> new Fault(file, damage)))
                .filter(Fault::isPossible)
                .toList());
        if (Sampled.ALL) {
            return all;
        }
        var random = SeededRandom.create("faults");
        while (all.size() > SAMPLED) {
            all.remove(random.nextInt(all.size()));
        }
        return all;
    }

    /// What the file is before the damage.
    private static byte[] sound(Bucket bucket, BlockId id, Fault fault) throws IOException {
        return switch (fault.file) {
            case "tombstones" -> Tombstones.NONE.encode();
            case "deletion-mark.json" ->
                BlockMark.deletion(id, "by hand", NOW_SECONDS).encode();
            case "no-compact-mark.json" ->
                new BlockMark(BlockMark.Kind.NO_COMPACT, id, "by hand", NOW_SECONDS, "manual").encode();
            case "no-downsample-mark.json" ->
                new BlockMark(BlockMark.Kind.NO_DOWNSAMPLE, id, "by hand", NOW_SECONDS, "manual").encode();
            case "debug/metas" -> bucket.readAll(BlockFiles.key(id, BlockMeta.FILE));
            case "notes.txt" -> "foreign".getBytes(StandardCharsets.UTF_8);
            default -> bucket.readAll(BlockFiles.key(id, fault.file));
        };
    }

    private static void breakBlock(Bucket bucket, BlockId id, BlockId other, Fault fault) throws IOException {
        String key = fault.key(id);
        byte[] bytes = sound(bucket, id, fault);
        switch (fault.damage) {
            case TRUNCATED -> put(bucket, key, Arrays.copyOf(bytes, bytes.length / 2));
            case FLIPPED_EARLY -> put(bucket, key, flipped(bytes, Math.min(20, bytes.length / 3)));
            case FLIPPED -> put(bucket, key, flipped(bytes, bytes.length / 2));
            case FLIPPED_LATE -> put(bucket, key, flipped(bytes, bytes.length - Math.min(60, bytes.length / 3)));
            case EMPTY -> put(bucket, key, new byte[0]);
            case MISSING -> bucket.delete(key);
            case GARBAGE -> put(bucket, key, "garbage".repeat(20).getBytes(StandardCharsets.UTF_8));
            case OF_ANOTHER_BLOCK -> put(bucket, key, sound(bucket, other, fault));
            case FUTURE_VERSION -> {
                if (fault.file.endsWith(".json")) {
                    String text = new String(bytes, StandardCharsets.UTF_8);
                    assertThat(text).containsPattern("\"version\": ?1");
                    bytes = text.replaceFirst("\"version\": ?1", "\"version\":9")
                            .getBytes(StandardCharsets.UTF_8);
                } else {
                    bytes[4] = 9;
                }
                put(bucket, key, bytes);
            }
            case WRONG_BLOCK ->
                put(
                        bucket,
                        key,
                        new String(bytes, StandardCharsets.UTF_8)
                                .replace(id.toString(), other.toString())
                                .getBytes(StandardCharsets.UTF_8));
            case WRONG_RANGE -> {
                var meta = BlockMeta.parse(key, bytes);
                put(
                        bucket,
                        key,
                        meta.withTimes(meta.minTimeMs(), meta.minTimeMs() + 60_000)
                                .encode());
            }
        }
    }

    private static byte[] flipped(byte[] bytes, int at) {
        bytes[at] ^= 4;
        return bytes;
    }

    private static void put(Bucket bucket, String key, byte[] bytes) throws IOException {
        bucket.put(key, bytes, Bucket.Precondition.NONE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void run_oneBadBlock_costsNothingElse(Fault fault) throws IOException {
        var harness = new CompactorHarness(directory);
        var ids = harness.addStream(A, BLOCKS);
        harness.addStream(B, BLOCKS);
        BlockId bad = ids.get(BROKEN);
        breakBlock(harness.bucket, bad, ids.get(BROKEN + 3), fault);
        var before = new TreeMap<>(harness.keys());

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();
        var after = harness.keys();
        String told = JsonWriter.compact(harness.status.toJson());
        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        assertThat(harness.rawSamples(B)).isEqualTo(3L * 120 * BLOCKS);
        assertThat(streams(harness, B, 0)).as("merged").isLessThan(BLOCKS);
        assertThat(streams(harness, B, 300_000)).as("downsampled").isPositive();
        if (!fault.file.equals("meta.json") || fault.damage != Damage.MISSING) {
            assertThat(after.keySet()).as("nothing is lost").containsAll(before.keySet());
        }
        if (fault.harms()) {
            assertThat(told + JsonWriter.compact(harness.status.toJson()))
                    .contains("\"block\":\"" + bad + "\"")
                    .contains("\"reason\":");
        }
        if (fault.file.equals("index") || fault.file.equals("chunks/000001")) {
            assertThat(harness.keys()).containsKey(BlockFiles.key(bad, BlockMark.Kind.NO_COMPACT.file()));
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

    /// It may hold what no other block has: what another one claims to have of it was not checked by anybody.
    @Test
    void run_quarantinedBlockThatAnotherClaimsToHold_stays() throws IOException {
        var harness = new CompactorHarness(directory);
        var ids = harness.addStream(A, 5);
        BlockId bad = ids.get(1);
        var mark = new BlockMark(BlockMark.Kind.NO_COMPACT, bad, "broken", NOW_SECONDS, Quarantine.REASON);
        put(harness.bucket, BlockFiles.key(bad, mark.kind().file()), mark.encode());
        long endMs = CompactorHarness.START + 8 * CompactorHarness.HOUR;
        BlockId merged = harness.addBlock(A, CompactorHarness.START, endMs, 60_000, List.of());
        String key = BlockFiles.key(merged, BlockMeta.FILE);
        var compaction = new BlockMeta.Compaction(2, ids.subList(0, 4), List.of(), List.of());
        var meta = BlockMeta.parse(key, harness.bucket.readAll(key)).withCompaction(compaction);
        put(harness.bucket, key, meta.encode());

        for (int pass = 0; pass < 2; pass++) {
            harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();
        }

        String deletion = BlockMark.Kind.DELETION.file();
        assertThat(harness.keys())
                .containsKeys(
                        BlockFiles.key(ids.get(0), deletion),
                        BlockFiles.key(ids.get(2), deletion),
                        BlockFiles.key(ids.get(3), deletion))
                .doesNotContainKey(BlockFiles.key(bad, deletion));
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
