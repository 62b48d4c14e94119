package io.meridian.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.testkit.ChildProcess;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.SeededRandom;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of sidecar, compactor and store gateway at random points, then a restart: nothing is lost and nothing
/// doubled, as the bucket alone shows. With `-Pfull` more kills.
@Sampled
class KillTest {
    private static final int KILLS = Sampled.ALL ? 8 : 2;
    private static final long DAY_MS = 86_400_000;
    private static final long POLL_NANOS = 2_000_000;
    private static final Duration STALLED = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private final RandomGenerator random = SeededRandom.create("KillTest");
    private Path folder;
    private Path config;

    @Test
    void processes_killedAtRandomPoints_loseAndDoubleNothing() throws Exception {
        String prometheus = Peers.require("prometheus");
        String promtool = Peers.require("promtool");
        folder = Files.createDirectories(directory.resolve("bucket"));
        config = directory.resolve("bucket.yml");
        String yaml = "type: FILESYSTEM\nconfig:\n  directory: " + folder + "\n";
        Files.writeString(config, yaml);
        long now = System.currentTimeMillis();
        long end = now - now % (2 * DAY_MS) - 2 * DAY_MS;
        var settings =
                new RealPrometheus.Settings(prometheus, promtool, List.of(), end - 4 * DAY_MS, end, "2h", List.of());
        try (Bucket bucket = BucketConfig.parse(yaml).open();
                var server =
                        RealPrometheus.start(directory.resolve("prometheus"), "a", ChildProcess.freePort(), settings)) {
            killSidecar(server);
            assertUploaded(server);
            var before = BucketContents.of(bucket);
            assertThat(before.duplicate()).isEmpty();
            assertThat(before.samples()).hasSize(12);

            killCompactor();
            var after = BucketContents.of(bucket);
            assertThat(after.duplicate()).isEmpty();
            assertSame(before.samples(), after.samples());
            assertThat(BucketContents.live(bucket).stream()
                            .filter(meta -> meta.compaction().level() > 1))
                    .as("merged blocks")
                    .isNotEmpty();

            killStore(before.samples(), end);
        }
    }

    private void killSidecar(RealPrometheus server) throws Exception {
        String[] arguments = {
            "sidecar",
            "--prometheus.url=" + server.url(),
            "--tsdb.path=" + server.data(),
            "--objstore.config-file=" + config
        };
        try (var sidecar = MeridianProcess.launch(directory, arguments)) {
            for (int i = 0; i < KILLS; i++) {
                awaitChanges(1 + random.nextInt(90 / KILLS), sidecar.process());
                sidecar.killAndRestart();
            }
            int blocks = server.blocks().size();
            Await.until("all uploads", Duration.ofMinutes(2), () -> {
                try (var entries = Files.list(folder)) {
                    return entries.filter(block -> Files.exists(block.resolve("meta.json")))
                                    .count()
                            >= blocks;
                }
            });
        }
    }

    /// The bucket has every block of the data directory, byte for byte, and no other.
    private void assertUploaded(RealPrometheus server) throws IOException {
        var local = new TreeMap<String, Path>();
        for (Path block : server.blocks()) {
            local.put(block.getFileName().toString(), block);
        }
        try (var entries = Files.list(folder)) {
            assertThat(entries.map(entry -> entry.getFileName().toString()).filter(name -> name.length() == 26))
                    .containsExactlyInAnyOrderElementsOf(local.keySet());
        }
        for (var block : local.entrySet()) {
            for (String file : List.of("index", "chunks/000001")) {
                assertThat(folder.resolve(block.getKey()).resolve(file))
                        .hasSameBinaryContentAs(block.getValue().resolve(file));
            }
        }
    }

    private void killCompactor() throws Exception {
        var command = MeridianProcess.java(
                "compact",
                "--data-dir=" + directory.resolve("compact"),
                "--objstore.config-file=" + config,
                "--consistency-delay=0s",
                "--delete-delay=0s",
                "--http-address=127.0.0.1:" + ChildProcess.freePort());
        Path log = directory.resolve("compact.log");
        for (int i = 0; i < KILLS; i++) {
            try (var compactor = ChildProcess.start("compact", command, log)) {
                awaitChanges(1 + random.nextInt(120 / KILLS), compactor);
                compactor.kill();
            }
        }
        // the second pass deletes what the first one marked
        for (int pass = 0; pass < 2; pass++) {
            var last = ChildProcess.start("compact", command, log);
            assertThat(last.await(Duration.ofMinutes(4))).as(last.output()).isZero();
        }
    }

    private void killStore(Map<Labels, TreeMap<Long, Double>> expected, long end) throws Exception {
        try (var store = MeridianProcess.launch(
                directory,
                "store",
                "--data-dir=" + directory.resolve("store"),
                "--objstore.config-file=" + config,
                "--ignore-deletion-marks-delay=0s")) {
            Path data = directory.resolve("store");
            for (int i = 0; i < KILLS; i++) {
                long files = random.nextInt(6);
                // there may be fewer blocks than that, and then it is ready before
                Await.until("the store's files", STALLED, () -> count(data) >= files || store.isReady());
                store.killAndRestart();
            }
            store.awaitReady();
            try (var querier = MeridianProcess.start(directory, "query", "--endpoint=" + store.grpc())) {
                var answer = Await.value("an answer", Duration.ofSeconds(30), () -> {
                    var samples = querier.client()
                            .instant("{__name__=~\"shop_.*\"}[5d]", end / 1000.0, "max_source_resolution", "0s");
                    return samples.series().isEmpty() ? null : samples;
                });
                assertThat(answer.warnings()).isEmpty();
                assertThat(answer.series()).hasSameSizeAs(expected);
                long samples =
                        answer.series().values().stream().mapToLong(List::size).sum();
                assertThat(samples)
                        .isEqualTo(
                                expected.values().stream().mapToLong(Map::size).sum());
            }
        }
    }

    private static long count(Path directory) throws IOException {
        return Files.isDirectory(directory) ? names(directory).size() : 0;
    }

    /// Waits until so many objects came or went in the bucket, or the process ended.
    private void awaitChanges(int changes, ChildProcess process) throws IOException {
        Set<Path> known = names(folder);
        long deadline = System.nanoTime() + STALLED.toNanos();
        int seen = 0;
        while (seen < changes && process.isAlive() && System.nanoTime() < deadline) {
            Set<Path> now = names(folder);
            var changed = new HashSet<>(now);
            changed.removeAll(known);
            seen += changed.size();
            known.removeAll(now);
            seen += known.size();
            known = now;
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static Set<Path> names(Path folder) throws IOException {
        try (var walk = Files.walk(folder)) {
            return new HashSet<>(walk.filter(Files::isRegularFile).toList());
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return names(folder);
            }
            throw e;
        }
    }

    private static void assertSame(
            Map<Labels, TreeMap<Long, Double>> expected, Map<Labels, TreeMap<Long, Double>> actual) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((labels, samples) -> assertThat(actual.get(labels).equals(samples))
                .as(labels.toString())
                .isTrue());
    }
}
