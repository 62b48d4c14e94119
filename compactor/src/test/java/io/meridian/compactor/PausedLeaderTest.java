package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.compactor.downsample.CpuKernel;
import io.meridian.compactor.lease.KubernetesServer;
import io.meridian.compactor.lease.LeaderLease;
import io.meridian.compactor.lease.Leadership;
import io.meridian.compactor.lease.LeaseLostException;
import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ForwardingBucket;
import io.meridian.server.Metrics;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A leader is paused between its last look at the lease and the write of a meta.json. Another one takes over and does
/// all the work; then the first wakes up and its write slips through. No answer changes by that, and the double goes.
class PausedLeaderTest {
    private static final Labels A = Labels.of("cluster", "a");

    @TempDir
    private Path directory;

    /// Objects are as old as the real clock says, so that an upload under way does not look abandoned.
    private static final CompactorOptions OPTIONS =
            CompactorOptions.DEFAULT.withDelays(Duration.ofDays(-36_500), Duration.ofDays(2));

    private CompactorHarness filled(String name) throws IOException {
        var harness = new CompactorHarness(Files.createDirectories(directory.resolve(name)));
        harness.nowMs = System.currentTimeMillis();
        for (int i = 0; i < 6; i++) {
            long minMs = CompactorHarness.START + 2L * i * CompactorHarness.HOUR;
            var id = new BlockId((minMs + 2 * CompactorHarness.HOUR) << 16, i);
            harness.addBlock(id, A, minMs, minMs + 2 * CompactorHarness.HOUR, 120_000, List.of());
        }
        return harness;
    }

    private static Compactor compactor(CompactorHarness harness, Bucket bucket, Leadership lease, String name) {
        return new Compactor(
                new BlockStore(bucket, null),
                OPTIONS,
                lease,
                new CompactorStatus(new Metrics()),
                () -> new CpuKernel(1),
                harness.directory.resolve(name),
                () -> Instant.ofEpochMilli(harness.nowMs));
    }

    private interface Leases {
        Leadership of(String holder) throws IOException;
    }

    @Test
    void run_leaderPausedBeforeMetaJson_endsAsIfItHadNotBeen() throws IOException {
        var harness = filled("paused");
        pause(harness, holder -> new LeaderLease(harness.bucket, holder, Duration.ofSeconds(60), () -> harness.nowMs));
    }

    @Test
    void run_leaderOfAKubernetesLeasePaused_endsAsIfItHadNotBeen() throws IOException {
        var harness = filled("paused");
        try (var server = new KubernetesServer(directory.resolve("pod"))) {
            pause(harness, holder -> server.lease(holder, () -> harness.nowMs));
        }
    }

    @Test
    void run_leaderPausedAfterItsCommit_marksNothing() throws IOException {
        var harness = filled("paused");
        var first = new LeaderLease(harness.bucket, "first", Duration.ofSeconds(60), () -> harness.nowMs);
        var second = new LeaderLease(harness.bucket, "second", Duration.ofSeconds(60), () -> harness.nowMs);
        assertThat(first.poll()).isTrue();
        assertThat(second.poll()).isFalse();
        var written = new HashSet<String>();
        var pausing = new ForwardingBucket(harness.bucket) {
            @Override
            public Upload upload(String key, Precondition precondition) throws IOException {
                written.add(key);
                return super.upload(key, precondition);
            }

            @Override
            public byte[] readAll(String key) throws IOException {
                if (key.endsWith("/meta.json") && written.remove(key)) {
                    harness.nowMs += 61_000;
                    assertThat(second.poll()).isTrue();
                }
                return super.readAll(key);
            }
        };

        assertThatThrownBy(() -> compactor(harness, pausing, first, "first").run())
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContaining("epoch 2");

        assertThat(written).noneMatch(key -> key.endsWith("deletion-mark.json"));
    }

    /// What it had begun rests on what the bucket was before the other one led.
    @Test
    void run_leadsAgainAfterAnotherLed_dropsItsWork() throws IOException {
        var harness = filled("again");
        var first = new LeaderLease(harness.bucket, "first", Duration.ofSeconds(60), () -> harness.nowMs);
        var second = new LeaderLease(harness.bucket, "second", Duration.ofSeconds(60), () -> harness.nowMs);
        assertThat(first.poll()).isTrue();
        assertThat(second.poll()).isFalse();
        var pausing = new PausingBucket(harness.bucket, () -> {
            harness.nowMs += 61_000;
            assertThat(second.poll()).isTrue();
            assertThat(first.poll()).isFalse();
            second.release();
            assertThat(first.poll()).isTrue();
        });
        var compactor = compactor(harness, pausing, first, "first");

        assertThatThrownBy(compactor::run)
                .isInstanceOf(LeaseLostException.class)
                .hasMessage("epoch 1 ended: this compactor leads again, with epoch 3");

        assertThat(harness.keys().keySet()).noneMatch(key -> key.endsWith(BlockMark.Kind.DELETION.file()));
        assertThat(compactor.run()).isTrue();
    }

    /// Meanwhile its upload looked abandoned, and was cleaned up.
    @Test
    void run_leaderPausedForDays_leavesNoBlockWithoutFiles() throws IOException {
        var harness = filled("days");
        var lease = new LeaderLease(harness.bucket, "first", Duration.ofSeconds(60), () -> harness.nowMs);
        lease.poll();
        var before = harness.keys().keySet();
        var pausing = new PausingBucket(harness.bucket, () -> {
            for (String key : harness.keys().keySet()) {
                if (!before.contains(key)) {
                    harness.bucket.delete(key);
                }
            }
        });

        assertThat(compactor(harness, pausing, lease, "first").run()).isFalse();

        assertThat(pausing.paused).isTrue();
        assertThat(harness.keys().keySet()).isEqualTo(before);
    }

    private void pause(CompactorHarness harness, Leases leases) throws IOException {
        var undisturbed = filled("undisturbed");
        undisturbed.compactor(undisturbed.bucket, OPTIONS).run();
        String expected = undisturbed.content();

        var first = leases.of("first");
        var second = leases.of("second");
        assertThat(first.poll()).isTrue();
        assertThat(second.poll()).isFalse();
        var pausing = new PausingBucket(harness.bucket, () -> {
            harness.nowMs += 61_000;
            assertThat(second.poll()).isTrue();
            assertThat(compactor(harness, harness.bucket, second, "second").run())
                    .isTrue();
        });

        try {
            compactor(harness, pausing, first, "first").run();
            assertThat(pausing.paused).isFalse();
        } catch (LeaseLostException fenced) {
            assertThat(fenced).hasMessageContaining("epoch 2");
        }
        compactor(harness, harness.bucket, second, "second").run();

        assertThat(pausing.paused).isTrue();
        assertThat(harness.content()).isEqualTo(expected);
    }

    private interface Pause {
        void run() throws IOException;
    }

    /// Stops the world once, just before the first meta.json is written through it.
    private static final class PausingBucket extends ForwardingBucket {
        private final Pause pause;
        private boolean paused;

        PausingBucket(Bucket bucket, Pause pause) {
            super(bucket);
            this.pause = pause;
        }

        @Override
        public Upload upload(String key, Precondition precondition) throws IOException {
            if (!paused && key.endsWith("/meta.json")) {
                paused = true;
                pause.run();
            }
            return super.upload(key, precondition);
        }
    }
}
