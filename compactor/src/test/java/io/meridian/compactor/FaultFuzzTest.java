package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.model.json.JsonWriter;
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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever befalls blocks of one group, before the first pass or between two: no sample of a sound block is ever
/// lost, the other group comes to its end, who is damaged is named, and the compactor comes to rest.
@Sampled
class FaultFuzzTest {
    private static final int ROUNDS = Integer.getInteger("tests.rounds", Sampled.ALL ? 120 : 4);
    private static final int TOLD = 3;

    @TempDir
    private Path directory;

    private final Map<FuzzedGroups.Shape, Map<String, byte[]>> sound = new EnumMap<>(FuzzedGroups.Shape.class);

    @Test
    void run_anyFaults_loseNothingAndStopNobody() throws IOException {
        var random = SeededRandom.create("faults of all kinds");
        var wrong = new ArrayList<String>();
        for (int round = 0; round < ROUNDS; round++) {
            long seed = Long.getLong("tests.round", random.nextLong());
            var shape = FuzzedGroups.Shape.values()[round % FuzzedGroups.Shape.values().length];
            wrong.addAll(new Round(shape, seed).run());
        }
        assertThat(wrong).isEmpty();
    }

    private Map<String, byte[]> objects(FuzzedGroups.Shape shape) throws IOException {
        var objects = sound.get(shape);
        if (objects == null) {
            objects = FuzzedGroups.objects(directory.resolve(shape.name()), shape);
            sound.put(shape, objects);
        }
        return objects;
    }

    /// One bucket, its faults, and some passes over it.
    private final class Round {
        private final FuzzedGroups.Shape shape;
        private final RandomGenerator random;
        private final String name;
        private final boolean retention;
        private final CompactorHarness harness;
        private final InMemoryBucket bucket;
        private final List<String> wrong = new ArrayList<>();
        private final List<String> faults = new ArrayList<>();
        private final Map<BlockId, Set<StoredFacts.Fact>> before = new HashMap<>();
        private final Set<BlockId> hit = new HashSet<>();
        private final Set<String> markedByHand = new HashSet<>();
        /// Whether some blocks are not read any more, so that nobody can know.
        private boolean isSeen;
        private final StringBuilder told = new StringBuilder();

        Round(FuzzedGroups.Shape shape, long seed) {
            this.shape = shape;
            this.random = new SplittableRandom(seed);
            this.retention = random.nextInt(3) == 0;
            this.name = shape + (retention ? " with retention" : "") + " -Dtests.round=" + seed;
            this.harness = new CompactorHarness(directory.resolve("rounds"));
            this.bucket = harness.bucket;
        }

        List<String> run() throws IOException {
            for (var object : objects(shape).entrySet()) {
                bucket.put(object.getKey(), object.getValue().clone(), Bucket.Precondition.NONE);
            }
            harness.nowMs = START + 21 * DAY;
            isSeen = random.nextInt(3) == 0 || !shape.readsAll();
            if (isSeen && random.nextBoolean()) {
                pass("before the faults");
            }
            damage();
            var keys = new TreeSet<>(harness.keys().keySet());
            pass("first");
            var left = new TreeSet<>(keys);
            left.removeAll(harness.keys().keySet());
            left.removeIf(key -> !BlockId.isBlockId(key.substring(0, Math.min(key.length(), BlockId.LENGTH))));
            left.removeIf(key -> markedByHand.contains(key.substring(0, BlockId.LENGTH)));
            check(left.isEmpty(), "GONE", left);
            checkNothingIsLost("first");
            harness.nowMs += DAY;
            pass("a day later");
            checkNothingIsLost("second");
            harness.nowMs += 3 * DAY;
            pass("three days later");
            checkNothingIsLost("last");
            pass("at rest");
            checkRest();
            checkNamed();
            checkOtherGroup();
            return wrong;
        }

        private void check(boolean fine, String what, Object detail) {
            if (!fine) {
                String text = String.valueOf(detail);
                wrong.add("%s: %s %s, faults %s"
                        .formatted(name, what, text.substring(0, Math.min(700, text.length())), faults));
                if (Boolean.getBoolean("tests.print")) {
                    System.out.println(wrong.getLast());
                }
            }
        }

        private void pass(String which) {
            try {
                harness.compactor(bucket, shape.options(retention)).run();
                check(
                        !harness.status.failedStreams().containsKey(FuzzedGroups.HEALTHY.toString()),
                        "HEALTHY FAILED " + which,
                        harness.status.failedStreams());
                check(harness.status.failedStreams().isEmpty(), "FAILED " + which, harness.status.failedStreams());
            } catch (IOException | RuntimeException | Error e) {
                var trace = new java.io.StringWriter();
                e.printStackTrace(new java.io.PrintWriter(trace));
                check(false, "THROWN in pass " + which, trace);
            }
            told.append(JsonWriter.compact(harness.status.toJson()));
        }

        private void damage() throws IOException {
            var metas = new TreeMap<BlockId, BlockMeta>();
            for (var meta : harness.live()) {
                metas.put(meta.id(), meta);
                before.put(meta.id(), StoredFacts.of(bucket, meta));
            }
            var sick = metas.values().stream()
                    .filter(meta -> group(meta).equals(FuzzedGroups.SICK))
                    .map(BlockMeta::id)
                    .toList();
            int count = 1 + random.nextInt(3) / 2;
            for (int i = 0; i < count; i++) {
                BlockId block = sick.get(random.nextInt(sick.size()));
                String fault = "";
                while (fault.isEmpty()) {
                    fault = new RandomFaults(bucket, sick, block, random).apply();
                }
                faults.add(block + " " + fault);
                if (fault.equals("meta missing") && !Boolean.getBoolean("tests.partial")) {
                    markedByHand.add(block.toString());
                }
                hit.add(block);
            }
            for (String key : harness.keys().keySet()) {
                if (key.endsWith(BlockMark.Kind.DELETION.file())) {
                    markedByHand.add(key.substring(0, BlockId.LENGTH));
                }
            }
        }

        private Labels group(BlockMeta meta) {
            return meta.thanos().labels().without(List.of("replica"));
        }

        private List<BlockMeta> live() throws IOException {
            var store = new BlockStore(bucket, null);
            var objects = store.discover();
            var live = new ArrayList<BlockMeta>();
            for (var meta : store.metas(BlockStore.complete(objects)).found().values()) {
                if (!isMarked(store, meta.id())) {
                    live.add(meta);
                }
            }
            return live;
        }

        private boolean isMarked(BlockStore store, BlockId id) throws IOException {
            try {
                return store.mark(id, BlockMark.Kind.DELETION) != null;
            } catch (CorruptDataException e) {
                return false;
            }
        }

        private void checkNothingIsLost(String when) throws IOException {
            var now = new HashSet<StoredFacts.Fact>();
            for (var meta : live()) {
                if (!hit.contains(meta.id())) {
                    now.addAll(StoredFacts.of(bucket, meta));
                }
            }
            for (var block : before.entrySet()) {
                boolean byHand = markedByHand.contains(block.getKey().toString());
                boolean isHere = harness.keys().keySet().stream().anyMatch(key -> key.startsWith(block.getKey() + "/"))
                        && !harness.keys().containsKey(BlockFiles.key(block.getKey(), BlockMark.Kind.DELETION.file()));
                if (byHand || (hit.contains(block.getKey()) && isHere)) {
                    continue;
                }
                var lost = new HashSet<>(block.getValue());
                lost.removeAll(now);
                lost.removeIf(fact -> isAllowed(fact, now));
                if (hit.contains(block.getKey()) && !lost.isEmpty()) {
                    // its labels may have been changed
                    var anywhere = new HashSet<StoredFacts.Fact>();
                    now.forEach(fact -> anywhere.add(fact.anywhere()));
                    lost.removeIf(fact -> anywhere.contains(fact.anywhere()) || isAllowed(fact.anywhere(), anywhere));
                    check(
                            lost.isEmpty(),
                            "GAP after " + when + " of " + block.getKey() + " " + lost.size(),
                            some(lost));
                } else {
                    check(
                            lost.isEmpty(),
                            "LOST after " + when + " of " + block.getKey() + " " + lost.size(),
                            some(lost));
                }
            }
        }

        private static String some(Set<StoredFacts.Fact> facts) {
            return facts.stream().limit(TOLD).toList().toString();
        }

        /// What retention takes stays in windows; windows change with late samples.
        private boolean isAllowed(StoredFacts.Fact fact, Set<StoredFacts.Fact> now) {
            // of replicas that say different things, one is heard
            if (shape.hasReplicas() && now.contains(fact.anyValue())) {
                return true;
            }
            if (fact.resolutionMs() > 0) {
                return shape == FuzzedGroups.Shape.LATE
                        && (fact.aggregate().equals("window") || now.contains(fact.window(fact.resolutionMs())));
            }
            return retention && (now.contains(fact.window(300_000)) || now.contains(fact.window(3_600_000)));
        }

        private void checkRest() throws IOException {
            var keys = harness.keys();
            pass("at rest again");
            var later = harness.keys();
            later.keySet().removeIf(key -> keys.containsKey(key) || key.startsWith("meridian"));
            check(later.isEmpty(), "NO REST", later);
            String done = String.valueOf(harness.status.toJson().get("done"));
            check(done.contains("compactions=0") && done.contains("downsamplings=0"), "WORK AT REST", done);
        }

        private void checkNamed() throws IOException {
            for (var block : isSeen ? Set.<BlockId>of() : hit) {
                if (!told.toString().contains("\"block\":\"" + block + "\"")
                        && harness.keys().containsKey(BlockFiles.key(block, "index"))
                        && !markedByHand.contains(block.toString())
                        && !harness.keys().containsKey(BlockFiles.key(block, BlockMark.Kind.DELETION.file()))) {
                    check(isSound(block), "UNNAMED", block);
                }
            }
        }

        private boolean isSound(BlockId block) throws IOException {
            try {
                return BlockVerifier.verify(bucket, block).isSound();
            } catch (CorruptDataException e) {
                return false;
            }
        }

        private void checkOtherGroup() throws IOException {
            var healthy = live().stream()
                    .filter(meta -> group(meta).equals(FuzzedGroups.HEALTHY))
                    .toList();
            check(healthy.stream().anyMatch(meta -> meta.compaction().level() > 1), "NOT MERGED", healthy);
            check(healthy.stream().anyMatch(meta -> meta.thanos().resolutionMs() > 0), "NOT DOWNSAMPLED", healthy);
        }
    }
}
