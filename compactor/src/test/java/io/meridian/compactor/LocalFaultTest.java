package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.HOUR;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.lease.LeaderLease;
import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FaultyBucket;
import io.meridian.server.Metrics;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The local directories of a compactor are deleted, cut short or turned into something else while it works: the bucket
/// takes no harm, and the next pass ends as if nothing had been.
@Sampled
class LocalFaultTest {
    private static final int ROUNDS = Sampled.ALL ? 80 : 4;
    private static final Labels A = Labels.of("cluster", "a");
    private static final int BLOCKS = 6;

    private enum Fault {
        DELETED,
        A_FILE,
        CUT_SHORT;

        void befall(Path folder) {
            try {
                if (this == CUT_SHORT) {
                    for (Path file : files(folder)) {
                        Files.write(file, new byte[0]);
                    }
                    return;
                }
                Scratch.delete(folder);
                if (this == A_FILE) {
                    Files.writeString(folder, "x");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @TempDir
    private Path directory;

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private CompactorHarness filled(String name) throws IOException {
        var harness = new CompactorHarness(Files.createDirectories(directory.resolve(name)));
        for (int i = 0; i < BLOCKS; i++) {
            long minMs = START + 2L * i * HOUR;
            var id = new BlockId((minMs + 2 * HOUR) << 16, i);
            harness.addBlock(id, A, minMs, minMs + 2 * HOUR, 120_000, List.of());
        }
        return harness;
    }

    private static Path work(CompactorHarness harness) {
        return harness.directory.resolve("work");
    }

    private static Path copies(CompactorHarness harness) {
        return harness.directory.resolve("meta-syncer");
    }

    private static boolean pass(CompactorHarness harness, Bucket through) throws IOException {
        var lease = new LeaderLease(through, "local", Duration.ofSeconds(60), () -> harness.nowMs);
        lease.poll();
        harness.status = new CompactorStatus(new Metrics());
        return new Compactor(
                        new BlockStore(through, copies(harness)),
                        CompactorOptions.DEFAULT,
                        lease,
                        harness.status,
                        () -> new CpuKernel(1),
                        work(harness),
                        () -> Instant.ofEpochMilli(harness.nowMs))
                .run();
    }

    @Test
    void run_localDirectoriesAreDamagedUnderWay_endsAsIfTheyWereNot() throws IOException {
        var undisturbed = filled("undisturbed");
        var counted = new FaultyBucket(undisturbed.bucket, FaultyBucket.once(0, FaultyBucket.Kind.FAIL));
        assertThat(pass(undisturbed, counted)).isTrue();
        String expected = undisturbed.content();
        var random = SeededRandom.create("local faults");

        for (int round = 0; round < ROUNDS; round++) {
            var harness = filled("round" + round);
            var before = harness.keys();
            var fault = Fault.values()[round % Fault.values().length];
            long when = 1 + random.nextLong(counted.operations());
            var disturbed = new FaultyBucket(harness.bucket, operation -> {
                if (operation == when) {
                    fault.befall(work(harness));
                    fault.befall(copies(harness));
                }
                return FaultyBucket.Fault.NOTHING;
            });

            boolean ended;
            try {
                ended = pass(harness, disturbed);
            } catch (IOException e) {
                ended = false;
            }
            String what = "%s at operation %d".formatted(fault, when);
            assertThat(harness.keys().keySet()).as(what).containsAll(before.keySet());
            if (ended) {
                assertThat(harness.content()).as(what).isEqualTo(expected);
            }
            assertThat(pass(harness, harness.bucket)).as(what).isTrue();

            assertThat(harness.content()).as(what).isEqualTo(expected);
            assertThat(harness.status.toJson().get("quarantined")).as(what).isEqualTo(List.of());
        }
    }

    /// What a process that was killed left behind.
    @Test
    void run_leftoversOfADeadProcess_areThrownAway() throws IOException {
        var harness = filled("leftovers");
        var undisturbed = filled("good");
        pass(undisturbed, undisturbed.bucket);
        pass(harness, new FaultyBucket(harness.bucket, FaultyBucket.once(0, FaultyBucket.Kind.FAIL)));
        for (String name : List.of("work/x/output/series.spool", "work/y", "meta-syncer/notes.txt")) {
            Path file = harness.directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "x");
        }
        for (Path copy : files(copies(harness))) {
            var time = Files.getLastModifiedTime(copy);
            Files.write(copy, new byte[(int) Files.size(copy)]);
            Files.setLastModifiedTime(copy, time);
        }

        assertThat(pass(harness, harness.bucket)).isTrue();

        assertThat(harness.content()).isEqualTo(undisturbed.content());
        assertThat(files(work(harness))).isEmpty();
    }
}
