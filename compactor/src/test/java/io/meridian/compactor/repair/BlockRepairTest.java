package io.meridian.compactor.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.compactor.repair.RepairReport.Verdict;
import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockStore;
import io.meridian.tsdb.block.BlockVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged blocks: what comes out is sound, and has every sample that is not reported as lost, and no other.
@Sampled
class BlockRepairTest {
    private static final int ROUNDS = Sampled.ALL ? 3_000 : 40;
    private static final Instant NOW = Instant.ofEpochSecond(2_000_000_000L);

    @TempDir
    private Path directory;

    private int runs;

    private RepairReport run(Bucket bucket, BlockId id, RepairOptions options) throws IOException {
        return new BlockRepair(bucket, options, directory.resolve("scratch" + runs++), NOW).run(id);
    }

    private SmallBlocks blocks() {
        return new SmallBlocks(directory.resolve("made"));
    }

    private static byte[] damaged(byte[] good, RandomGenerator random) {
        byte[] bytes = good.clone();
        switch (random.nextInt(5)) {
            case 0 -> {
                return Arrays.copyOf(good, random.nextInt(good.length));
            }
            case 1 -> {
                int from = random.nextInt(bytes.length);
                Arrays.fill(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(40)), (byte) 0);
            }
            case 2 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            default -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static void put(Bucket bucket, String key, byte[] bytes) throws IOException {
        bucket.put(key, bytes, Bucket.Precondition.NONE);
    }

    private static List<BlockMeta> live(Bucket bucket) throws IOException {
        var store = new BlockStore(bucket, null);
        var objects = store.discover();
        return store.metas(BlockStore.complete(objects)).found().values().stream()
                .filter(meta -> !objects.get(meta.id()).marks().contains(BlockMark.Kind.DELETION))
                .toList();
    }

    @Test
    void run_bytesFlippedAnywhere_everySampleBesideTheReportedLossesIsThere() throws IOException {
        var random = SeededRandom.create("BlockRepairTest.flips");
        var verdicts = new HashMap<String, Integer>();
        var small = blocks();
        var original = new InMemoryBucket();
        BlockId id = small.add(original, SmallBlocks.A, 0, 24, random);
        var before = SmallBlocks.content(original, id);
        for (int round = 0; round < ROUNDS; round++) {
            var bucket = SmallBlocks.copy(original);
            String file = List.of("index", "index", "chunks/000001", "chunks/000002", "meta.json")
                    .get(random.nextInt(5));
            String key = BlockFiles.key(id, file);
            put(bucket, key, damaged(bucket.readAll(key), random));

            var proposal = run(bucket, id, RepairOptions.PROPOSE);
            assertThat(live(bucket).size()).as("a proposal changes nothing").isLessThanOrEqualTo(1);
            var report = run(bucket, id, RepairOptions.PROPOSE.applied());

            String place = file + " in round " + round + ": " + report;
            verdicts.merge(file + " " + report.verdict(), 1, Integer::sum);
            assertThat(proposal.losses()).as(place).isEqualTo(report.losses());
            switch (report.verdict()) {
                case SOUND -> assertSuperset(SmallBlocks.content(bucket, id), before, List.of(), place);
                case REPAIRABLE -> {
                    assertThat(live(bucket)).as(place).hasSize(1);
                    BlockId repaired = live(bucket).getFirst().id();
                    assertThat(report.repaired()).as(place).isEqualTo(repaired).isNotEqualTo(id);
                    assertThat(BlockVerifier.verify(bucket, repaired).issues())
                            .as(place)
                            .isEmpty();
                    var after = SmallBlocks.content(bucket, repaired);
                    assertSuperset(after, before, report.losses(), place);
                    assertSuperset(before, after, List.of(), place);
                }
                case HOPELESS -> {
                    assertThat(report.advice()).as(place).isNotEmpty();
                    assertThat(file).as(place).isNotEqualTo("chunks/000002");
                }
                case REMAKE -> throw new AssertionError(place);
            }
        }
        assertThat(verdicts.get("chunks/000001 REPAIRABLE")).as("%s", verdicts).isPositive();
        assertThat(verdicts.get("index REPAIRABLE")).as("%s", verdicts).isPositive();
        assertThat(verdicts.getOrDefault("index HOPELESS", 0))
                .as("%s", verdicts)
                .isLessThan(ROUNDS / 6);
    }

    private static void assertSuperset(
            Map<Labels, TreeMap<Long, Long>> large,
            Map<Labels, TreeMap<Long, Long>> small,
            List<Loss> losses,
            String place) {
        small.forEach((labels, samples) -> samples.forEach((timeMs, value) -> {
            var series = large.get(labels);
            boolean present = series != null && value.equals(series.get(timeMs));
            boolean reported = losses.stream()
                    .anyMatch(loss -> (loss.labels().isEmpty() || loss.labels().equals(labels))
                            && loss.minMs() <= timeMs
                            && timeMs <= loss.maxMs());
            if (!present && !reported) {
                throw new AssertionError(labels + " at " + timeMs + " is neither there nor reported lost: " + place);
            }
        }));
    }

    @Test
    void run_oneChunkFlipped_reportsSeriesTimeAndSamples() throws IOException {
        var bucket = new InMemoryBucket();
        BlockId id = blocks().add(bucket, SmallBlocks.A, 0, 3, SeededRandom.create("BlockRepairTest.one"));
        SmallBlocks.flip(bucket, BlockFiles.key(id, "chunks/000001"), 40);

        var report = run(bucket, id, RepairOptions.PROPOSE.applied());

        assertThat(report.verdict()).isEqualTo(Verdict.REPAIRABLE);
        assertThat(report.losses()).hasSize(1);
        var loss = report.losses().getFirst();
        assertThat(loss.labels().get("__name__")).isEqualTo("up");
        assertThat(loss.reason()).contains("checksum");
        assertThat(report.lostSamples()).isEqualTo(SmallBlocks.SAMPLES_PER_CHUNK);
        var meta = live(bucket).getFirst();
        assertThat(meta.compaction().sources()).containsExactly(id);
        assertThat(meta.compaction().parents()).extracting(BlockMeta.Parent::id).containsExactly(id);
        assertThat(meta.id()).isLessThan(id);
        assertThat(meta.thanos().source()).isEqualTo("bucket.repair");
    }

    @Test
    void run_quarantinedBlock_losesItsMarks() throws IOException {
        var bucket = new InMemoryBucket();
        BlockId id = blocks().add(bucket, SmallBlocks.A, 0, 3, SeededRandom.create("BlockRepairTest.marks"));
        SmallBlocks.flip(bucket, BlockFiles.key(id, "chunks/000001"), 40);
        var store = new BlockStore(bucket, null);
        store.mark(new BlockMark(BlockMark.Kind.NO_COMPACT, id, "checksum", 1, "quarantined"));
        store.mark(new BlockMark(BlockMark.Kind.NO_DOWNSAMPLE, id, "", 1, "manual"));

        run(bucket, id, RepairOptions.PROPOSE.applied());

        assertThat(store.discover().get(id).marks())
                .containsExactlyInAnyOrder(BlockMark.Kind.DELETION, BlockMark.Kind.NO_DOWNSAMPLE);
    }

    @Test
    void run_soundQuarantinedBlock_isReleased() throws IOException {
        var bucket = new InMemoryBucket();
        BlockId id = blocks().add(bucket, SmallBlocks.A, 0, 3, SeededRandom.create("BlockRepairTest.sound"));
        var store = new BlockStore(bucket, null);
        store.mark(new BlockMark(BlockMark.Kind.NO_COMPACT, id, "was flipped", 1, "quarantined"));

        var proposal = run(bucket, id, RepairOptions.PROPOSE);
        assertThat(store.discover().get(id).marks()).containsExactly(BlockMark.Kind.NO_COMPACT);
        var report = run(bucket, id, RepairOptions.PROPOSE.applied());

        assertThat(proposal.verdict()).isEqualTo(Verdict.SOUND);
        assertThat(report.verdict()).isEqualTo(Verdict.SOUND);
        assertThat(store.discover().get(id).marks()).isEmpty();
    }

    @Test
    void run_indexMissing_saysWhatToDo() throws IOException {
        var bucket = new InMemoryBucket();
        BlockId id = blocks().add(bucket, SmallBlocks.A, 0, 3, SeededRandom.create("BlockRepairTest.index"));
        bucket.delete(BlockFiles.key(id, "index"));

        var report = run(bucket, id, RepairOptions.PROPOSE.applied());

        assertThat(report.verdict()).isEqualTo(Verdict.HOPELESS);
        assertThat(report.findings()).anyMatch(finding -> finding.contains("index is missing"));
        assertThat(report.advice()).anyMatch(advice -> advice.contains("backup"));
        assertThat(live(bucket)).hasSize(1);
    }

    @Test
    void run_segmentMissing_keepsTheOthers() throws IOException {
        var bucket = new InMemoryBucket();
        BlockId id = blocks().add(bucket, SmallBlocks.A, 0, 24, SeededRandom.create("BlockRepairTest.segment"));
        var before = SmallBlocks.content(bucket, id);
        bucket.delete(BlockFiles.key(id, "chunks/000001"));

        var report = run(bucket, id, RepairOptions.PROPOSE.applied());

        assertThat(report.verdict()).isEqualTo(Verdict.REPAIRABLE);
        assertThat(report.samples()).isPositive();
        assertThat(report.losses()).isNotEmpty();
        assertSuperset(SmallBlocks.content(bucket, live(bucket).getFirst().id()), before, report.losses(), "segment");
    }

    @Test
    void run_metaLost_takesLabelsFromTheOperator() throws IOException {
        var bucket = new InMemoryBucket();
        BlockId id = blocks().add(bucket, SmallBlocks.A, 0, 3, SeededRandom.create("BlockRepairTest.meta"));
        var before = SmallBlocks.content(bucket, id);
        put(bucket, BlockFiles.key(id, "meta.json"), new byte[0]);

        var report = run(bucket, id, RepairOptions.PROPOSE.applied());
        assertThat(report.verdict()).isEqualTo(Verdict.HOPELESS);
        assertThat(report.advice()).anyMatch(advice -> advice.contains("--label"));

        report = run(bucket, id, new RepairOptions(true, false, SmallBlocks.A, 0));
        assertThat(report.verdict()).isEqualTo(Verdict.REPAIRABLE);
        assertThat(report.losses()).isEmpty();
        var meta = live(bucket).getFirst();
        assertThat(meta.thanos().labels()).isEqualTo(SmallBlocks.A);
        assertThat(SmallBlocks.content(bucket, meta.id())).isEqualTo(before);
    }

    @Test
    void run_rangeOfMetaTooShort_dropsOrWidens() throws IOException {
        var bucket = new InMemoryBucket();
        BlockId id = blocks().add(bucket, SmallBlocks.A, 0, 6, SeededRandom.create("BlockRepairTest.range"));
        String key = BlockFiles.key(id, "meta.json");
        var before = SmallBlocks.content(bucket, id);
        var meta = BlockMeta.parse(key, bucket.readAll(key));
        put(
                bucket,
                key,
                meta.withTimes(meta.minTimeMs(), meta.maxTimeMs() - 900_000).encode());

        var dropped = run(bucket, id, RepairOptions.PROPOSE);
        assertThat(dropped.losses()).isNotEmpty().allMatch(loss -> loss.reason().contains("outside"));
        assertThat(dropped.lostSamples()).isPositive();

        var widened = run(bucket, id, new RepairOptions(true, true, Labels.empty(), 0));
        assertThat(widened.losses()).isEmpty();
        assertThat(SmallBlocks.content(bucket, live(bucket).getFirst().id())).isEqualTo(before);
    }

    @Test
    void run_duplicateAndOverlappingChunks_keepsEverySampleOnce() throws IOException {
        var bucket = new InMemoryBucket();
        BlockId id = blocks().addOverlapping(bucket, SmallBlocks.A);

        var report = run(bucket, id, RepairOptions.PROPOSE.applied());

        assertThat(report.verdict()).isEqualTo(Verdict.REPAIRABLE);
        assertThat(report.losses()).isEmpty();
        assertThat(report.removedSamples()).isPositive();
        var repaired = live(bucket).getFirst().id();
        assertThat(BlockVerifier.verify(bucket, repaired).issues()).isEmpty();
        assertThat(SmallBlocks.content(bucket, repaired).values().iterator().next())
                .hasSize(3 * SmallBlocks.SAMPLES_PER_CHUNK / 2 + SmallBlocks.SAMPLES_PER_CHUNK);
    }

    @Test
    void run_bucketFailsAtAnyOperation_losesNothingAndASecondRunEnds() throws IOException {
        var original = new InMemoryBucket();
        BlockId id = blocks().add(original, SmallBlocks.A, 0, 6, SeededRandom.create("BlockRepairTest.crash"));
        SmallBlocks.flip(original, BlockFiles.key(id, "chunks/000001"), 40);
        var undisturbed = SmallBlocks.copy(original);
        run(undisturbed, id, RepairOptions.PROPOSE.applied());
        var expected =
                SmallBlocks.content(undisturbed, live(undisturbed).getFirst().id());
        int crashes = 0;
        for (int operation = 1; operation < 200; operation += Sampled.ALL ? 1 : 12) {
            var bucket = SmallBlocks.copy(original);
            var faulty = SmallBlocks.crashingAt(bucket, operation);
            boolean crashed = false;
            try {
                run(faulty, id, RepairOptions.PROPOSE.applied());
            } catch (IOException e) {
                crashed = true;
                crashes++;
            }
            assertThat(live(bucket)).as("after operation " + operation).isNotEmpty();
            run(bucket, id, RepairOptions.PROPOSE.applied());
            assertThat(live(bucket)).as("after operation " + operation).hasSize(1);
            assertThat(SmallBlocks.content(bucket, live(bucket).getFirst().id()))
                    .isEqualTo(expected);
            if (!crashed) {
                break;
            }
        }
        assertThat(crashes).isGreaterThan(Sampled.ALL ? 10 : 1);
    }

    @Test
    void run_unknownBlock_isRefused() {
        var bucket = new InMemoryBucket();
        assertThatThrownBy(() -> run(bucket, BlockId.generate(1), RepairOptions.PROPOSE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no block");
    }
}
