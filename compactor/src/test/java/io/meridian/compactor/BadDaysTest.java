package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.HOUR;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.lease.LeaderLease;
import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FaultyBucket;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.server.Metrics;
import io.meridian.testkit.S3Server;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is wrong is not in the blocks: clocks, disks, the network.
class BadDaysTest {
    private static final Labels A = Labels.of("cluster", "a");

    @TempDir
    private Path directory;

    private CompactorHarness filled(String name) throws IOException {
        var harness = new CompactorHarness(Files.createDirectories(directory.resolve(name)));
        for (int i = 0; i < 6; i++) {
            long minMs = START + 2L * i * HOUR;
            var id = new BlockId((minMs + 2 * HOUR) << 16, i);
            harness.addBlock(id, A, minMs, minMs + 2 * HOUR, 120_000, List.of());
        }
        return harness;
    }

    private static Compactor compactor(CompactorHarness harness, Bucket bucket, InstantSource clock, Path scratch)
            throws IOException {
        var lease = new LeaderLease(bucket, "harness", Duration.ofSeconds(60), () -> harness.nowMs);
        lease.poll();
        harness.status = new CompactorStatus(new Metrics());
        return new Compactor(
                new BlockStore(bucket, null),
                CompactorOptions.DEFAULT,
                lease,
                harness.status,
                () -> new CpuKernel(1),
                scratch,
                clock);
    }

    private String undisturbed() throws IOException {
        var good = filled("good");
        good.compactor(good.bucket, CompactorOptions.DEFAULT).run();
        return good.content();
    }

    @Test
    void run_clockJumps_endsAsOnAGoodDay() throws IOException {
        var harness = filled("jumps");
        var calls = new AtomicLong();
        InstantSource clock = () ->
                Instant.ofEpochMilli(harness.nowMs + (calls.getAndIncrement() % 2 == 0 ? 10 * DAY : -10 * DAY) / 10);

        for (int pass = 0; pass < 3; pass++) {
            compactor(harness, harness.bucket, clock, directory.resolve("scratch"))
                    .run();
        }

        assertThat(harness.content()).isEqualTo(undisturbed());
    }

    @Test
    void run_blockFromTheFuture_isNamedAndHoldsNobody() throws IOException {
        var harness = filled("future");
        var late = harness.addBlock(A, harness.nowMs + 2 * DAY, harness.nowMs + 2 * DAY + HOUR, 120_000, List.of());

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        assertThat(String.valueOf(harness.status.toJson().get("quarantined")))
                .contains("block=" + late)
                .contains("clock");
        assertThat(harness.live()).anyMatch(meta -> meta.id().equals(late));
        assertThat(harness.live()).anyMatch(meta -> meta.compaction().level() > 1);
    }

    @Test
    void run_slowBucketThatSometimesOnlyReportsFailure_endsAsOnAGoodDay() throws IOException {
        var harness = filled("slow");
        var late = new FaultyBucket.Fault(FaultyBucket.Kind.FAIL_AFTER, Duration.ofMillis(1));
        var slow = new FaultyBucket.Fault(FaultyBucket.Kind.NONE, Duration.ofNanos(100_000));
        var bucket = new FaultyBucket(harness.bucket, operation -> operation % 41 == 0 ? late : slow);

        for (int pass = 0; pass < 20; pass++) {
            try {
                harness.compactor(bucket, CompactorOptions.DEFAULT).run();
            } catch (IOException again) {
                // The next pass follows.
            }
        }
        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        assertThat(harness.content()).isEqualTo(undisturbed());
    }

    @Test
    void run_diskFull_failsTheGroupAndLosesNothing() throws Exception {
        Path disk = Files.createDirectories(directory.resolve("disk"));
        Assumptions.assumeTrue(
                execute("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk.toString()) == 0,
                "a small tmpfs cannot be mounted here");
        var harness = filled("full");
        var before = harness.keys().keySet();
        try {
            InstantSource clock = () -> Instant.ofEpochMilli(harness.nowMs);
            assertThat(compactor(harness, harness.bucket, clock, disk.resolve("scratch"))
                            .run())
                    .isFalse();
            assertThat(harness.status.failedStreams()).containsOnlyKeys(A.toString());
            assertThat(harness.keys().keySet()).containsAll(before);
        } finally {
            execute("umount", disk.toString());
        }
        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        assertThat(harness.content()).isEqualTo(undisturbed());
    }

    private static int execute(String... command) throws Exception {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    @Test
    void run_overS3_endsAsInMemory() throws Exception {
        S3Server server = S3Server.shared();
        var harness = filled("s3");
        try (var bucket = BucketConfig.parse(server.config(server.newBucket())).open()) {
            for (String key : harness.keys().keySet()) {
                bucket.put(key, harness.bucket.readAll(key), Bucket.Precondition.NONE);
            }
            InstantSource clock = () -> Instant.ofEpochMilli(harness.nowMs);

            boolean ok = compactor(harness, bucket, clock, directory.resolve("scratch"))
                    .run();

            assertThat(harness.status.failedStreams()).isEmpty();
            assertThat(ok).isTrue();
            bucket.list("", object -> copy(bucket, object.key(), harness.bucket));
        }
        assertThat(harness.content()).isEqualTo(undisturbed());
    }

    private static void copy(Bucket from, String key, Bucket to) {
        try (var arena = Arena.ofConfined()) {
            long size = from.stat(key).sizeBytes();
            to.put(
                    key,
                    from.read(key, 0, size, arena).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE),
                    Bucket.Precondition.NONE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
