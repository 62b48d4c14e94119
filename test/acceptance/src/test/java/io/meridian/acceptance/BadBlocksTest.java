package io.meridian.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.testkit.QueryClient;
import io.meridian.testkit.QueryClient.Answer;
import io.meridian.testkit.S3Server;
import io.meridian.testkit.Sampled;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One bad block among sound ones, in every way that a block can be bad: it costs its own samples and a warning in the
/// answers that it would have served. Never the rest, never silence, never a wrong number.
@Sampled
class BadBlocksTest {
    private static final long START_MS = 1_700_006_400_000L;
    private static final int BLOCKS = 4;
    private static final int BAD = 1;
    private static final Labels SOUND = Labels.of("fault", "none", "region", "eu");

    @TempDir
    private Path directory;

    private final Map<BlockFault, BlockId> bad = new EnumMap<>(BlockFault.class);
    private final Map<BlockFault, BlockId> others = new EnumMap<>(BlockFault.class);

    @ParameterizedTest(name = "{0}, broken before start: {1}")
    @CsvSource({"FILESYSTEM, true", "S3, true", "FILESYSTEM, false", "S3, false"})
    void query_oneBadBlock_costsItsSamplesAndAWarning(String type, boolean before) throws Exception {
        assumeTrue(before || type.equals("FILESYSTEM") || Sampled.ALL, "only with -Pfull");
        String yaml = config(type);
        Path config = directory.resolve("bucket.yml");
        Files.writeString(config, yaml);
        try (Bucket bucket = BucketConfig.parse(yaml).open()) {
            fill(bucket);
            if (before) {
                breakBlocks(bucket);
            }
            try (var store = MeridianProcess.start(
                            directory,
                            "store",
                            "--data-dir=" + directory.resolve("store"),
                            "--objstore.config-file=" + config,
                            "--consistency-delay=0s",
                            "--sync-block-duration=1s");
                    var querier = MeridianProcess.start(directory, "query", "--endpoint=" + store.grpc())) {
                Await.until(
                        "the store at the querier",
                        Duration.ofSeconds(30),
                        () -> !querier.client()
                                .instant("up{fault=\"none\"}", endSeconds())
                                .series()
                                .isEmpty());
                if (!before) {
                    for (BlockFault fault : BlockFault.values()) {
                        assertThat(samples(querier.client(), fault.externalLabels())
                                        .series())
                                .hasSize(SmallBlocks.SERIES);
                    }
                    breakBlocks(bucket);
                    // The next look sees all of it; it is over when the one after it has begun.
                    double begun = looks(store.client());
                    Await.until(
                            "a look at the bucket", Duration.ofSeconds(60), () -> looks(store.client()) >= begun + 2);
                }
                assertAnswers(store.client(), querier.client(), before);
            }
        }
    }

    private String config(String type) throws IOException {
        if (type.equals("S3")) {
            S3Server s3 = S3Server.shared();
            return s3.config(s3.newBucket());
        }
        Path folder = Files.createDirectories(directory.resolve("bucket"));
        return "type: FILESYSTEM\nconfig:\n  directory: " + folder + "\n";
    }

    private void fill(Bucket bucket) throws IOException {
        var blocks = new SmallBlocks(directory);
        for (int i = 0; i < BLOCKS; i++) {
            long minMs = START_MS + i * SmallBlocks.BLOCK_MS;
            blocks.add(bucket, SOUND, minMs);
            for (BlockFault fault : BlockFault.values()) {
                BlockId id = blocks.add(bucket, fault.externalLabels(), minMs);
                if (i == BAD) {
                    bad.put(fault, id);
                } else if (i == BAD + 1) {
                    others.put(fault, id);
                }
            }
        }
    }

    private void breakBlocks(Bucket bucket) throws IOException {
        for (BlockFault fault : BlockFault.values()) {
            fault.apply(bucket, bad.get(fault), others.get(fault));
        }
    }

    /// How often the store has begun to look at the bucket.
    private static double looks(QueryClient store) throws IOException {
        return metric(store, "thanos_blocks_meta_syncs_total");
    }

    private static double metric(QueryClient client, String name) throws IOException {
        return client.get("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static double endSeconds() {
        return (START_MS + BLOCKS * SmallBlocks.BLOCK_MS - SmallBlocks.STEP_MS) / 1000.0;
    }

    private static Answer samples(QueryClient client, Labels labels) throws IOException {
        return client.instant("up{fault=\"" + labels.get("fault") + "\"}[8h]", endSeconds());
    }

    private void assertAnswers(QueryClient store, QueryClient querier, boolean before) throws IOException {
        var wrong = new ArrayList<String>();
        check("none", samples(querier, SOUND), -1, wrong);
        for (BlockFault fault : BlockFault.values()) {
            Answer answer = samples(querier, fault.externalLabels());
            boolean complete = check(fault.name(), answer, BAD, wrong);
            String id = bad.get(fault).toString();
            List<String> named =
                    answer.warnings().stream().filter(w -> w.contains(id)).toList();
            // nothing is known of what a folder without meta.json has
            boolean silent = fault == BlockFault.META_MISSING;
            if (!complete && named.isEmpty() && !silent) {
                wrong.add(fault + ": samples are missing and nothing says so: " + answer.warnings());
            }
            if (fault.isHarmless() && !complete) {
                wrong.add(fault + ": samples are missing");
            }
            if (!complete && fault.keepsMeta() && named.stream().noneMatch(w -> w.contains(fault.name()))) {
                wrong.add(fault + ": the warning does not name the labels: " + named);
            }
            if (before && !fault.isHarmless() && complete) {
                wrong.add(fault + ": how can it be complete?");
            }
        }
        String status = store.get("/api/v1/status/blocks");
        String listed = status.substring(status.indexOf("\"problems\""));
        long listedCount = 0;
        for (BlockFault fault : BlockFault.values()) {
            if (!fault.isHarmless() && (before || fault.name().startsWith("CHUNKS"))) {
                if (!listed.contains(bad.get(fault).toString())) {
                    wrong.add(fault + ": not listed at /api/v1/status/blocks");
                }
                listedCount++;
            }
        }
        double metric = metric(store, "meridian_store_block_problems");
        if (metric < listedCount) {
            wrong.add("metric: expected=" + listedCount + ", actual=" + metric);
        }
        // nobody is asked for nothing: a bad block alone in its times still speaks up
        long badMs = START_MS + BAD * SmallBlocks.BLOCK_MS + SmallBlocks.HOUR_MS;
        for (BlockFault fault : List.of(BlockFault.INDEX_EMPTY, BlockFault.CHUNKS_EMPTY)) {
            var answer = querier.instant("up{fault=\"" + fault + "\"}", badMs / 1000.0);
            String id = bad.get(fault).toString();
            if (before && answer.warnings().stream().noneMatch(w -> w.contains(id))) {
                wrong.add(fault + " alone: " + answer);
            }
        }
        assertThat(wrong).isEmpty();
    }

    /// Whether every sample of the block `missing` is there. Others must be, and be right.
    private static boolean check(String what, Answer answer, int missing, List<String> wrong) {
        if (answer.error() != null || answer.series().size() != SmallBlocks.SERIES) {
            wrong.add(
                    what + ": " + answer.error() + ", series=" + answer.series().keySet());
            return false;
        }
        boolean complete = true;
        for (var series : answer.series().entrySet()) {
            int instance = Integer.parseInt(series.getKey().get("instance"));
            List<String> actual = series.getValue();
            var expected = new ArrayList<String>();
            var without = new ArrayList<String>();
            for (int i = 0; i < BLOCKS * SmallBlocks.BLOCK_MS / SmallBlocks.STEP_MS; i++) {
                long time = START_MS + i * SmallBlocks.STEP_MS;
                String point = time / 1000.0 + " " + (long) SmallBlocks.value(instance, time);
                expected.add(point);
                if ((time - START_MS) / SmallBlocks.BLOCK_MS != missing) {
                    without.add(point);
                }
            }
            if (actual.equals(without) && !actual.equals(expected)) {
                complete = false;
            } else if (!actual.equals(expected)) {
                var odd = new ArrayList<>(actual);
                odd.removeAll(expected);
                wrong.add(what + ": instance=" + instance + ", count=" + actual.size() + ", unexpected=" + odd);
                complete = false;
            }
        }
        return complete;
    }
}
