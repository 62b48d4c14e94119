package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.HOUR;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.compactor.lease.LeaderLease;
import io.meridian.compactor.lease.LeaseLostException;
import io.meridian.compactor.merge.Deduplication;
import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.Labels;
import io.meridian.objstore.ForwardingBucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockObjects;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactorTest {
    private static final Labels A = Labels.of("cluster", "a");
    private static final Labels B = Labels.of("cluster", "b");

    @TempDir
    private Path directory;

    private CompactorHarness harness;

    @BeforeEach
    void setUp() {
        harness = new CompactorHarness(directory);
    }

    private List<BlockMeta> live(Labels labels, long resolutionMs) throws IOException {
        return harness.live().stream()
                .filter(meta ->
                        meta.thanos().labels().equals(labels) && meta.thanos().resolutionMs() == resolutionMs)
                .toList();
    }

    @Test
    void run_consecutiveBlocks_mergesAndDownsamplesThem() throws IOException {
        harness.addStream(A, 28);
        long samples = harness.rawSamples(A);

        boolean ok = harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        assertThat(harness.status.failedStreams()).isEmpty();
        assertThat(ok).isTrue();
        var raw = live(A, 0);
        assertThat(raw).extracting(BlockMeta::maxTimeMs).contains(START + 48 * HOUR);
        assertThat(raw).hasSize(5);
        assertThat(harness.rawSamples(A)).isEqualTo(samples);
        assertThat(live(A, 300_000)).isNotEmpty();
        assertThat(harness.status.toJson().get("quarantined")).isEqualTo(List.of());
    }

    @Test
    void run_twice_changesNothingMore() throws IOException {
        harness.addStream(A, 13);
        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();
        var before = harness.content();

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        assertThat(harness.content()).isEqualTo(before);
    }

    @Test
    void run_afterTheDeleteDelay_deletesWhatIsMarked() throws IOException {
        var ids = harness.addStream(A, 13);
        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();
        assertThat(harness.keys()).containsKey(BlockFiles.key(ids.getFirst(), BlockMeta.FILE));
        harness.nowMs += 2 * DAY;
        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();
        assertThat(harness.keys()).containsKey(BlockFiles.key(ids.getFirst(), BlockMeta.FILE));
        harness.nowMs += 1_000;

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        assertThat(harness.keys().keySet()).noneMatch(key -> key.startsWith(ids.getFirst() + "/"));
    }

    private boolean isThere(BlockId block) throws IOException {
        return harness.keys().containsKey(BlockFiles.key(block, BlockMeta.FILE));
    }

    @Test
    void run_markTakenAwaySinceTheBucketWasLookedAt_deletesNothing() throws IOException {
        var block = harness.addStream(A, 1).getFirst();
        var store = new BlockStore(harness.bucket, null);
        store.mark(BlockMark.deletion(block, "by hand", (harness.nowMs - 3 * DAY) / 1000));
        var bucket = new ForwardingBucket(harness.bucket) {
            private boolean wasRead;

            @Override
            public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
                if (wasRead && prefix.startsWith(LeaderLease.PREFIX)) {
                    store.unmark(block, BlockMark.Kind.DELETION);
                }
                wasRead |= prefix.isEmpty();
                super.list(prefix, visitor);
            }
        };

        harness.compactor(bucket, CompactorOptions.DEFAULT).run();

        assertThat(isThere(block)).isTrue();
    }

    /// What was just written cannot be verified, and cannot be taken away at once either.
    @Test
    void run_listingsAreOlderThanWhatWasWritten_leaveNothingBehind() throws IOException {
        harness.nowMs = System.currentTimeMillis() + HOUR;
        harness.addStream(A, 5);
        var before = harness.keys().keySet();
        var bucket = new ForwardingBucket(harness.bucket) {
            private boolean isOld = true;

            @Override
            public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
                super.list(prefix, object -> {
                    if (!isOld
                            || before.contains(object.key())
                            || !BlockId.isBlockId(object.key().split("/")[0])) {
                        visitor.accept(object);
                    }
                });
            }
        };

        assertThat(harness.compactor(bucket, CompactorOptions.DEFAULT).run()).isFalse();
        bucket.isOld = false;
        harness.nowMs += 3 * DAY;
        assertThat(harness.compactor(bucket, CompactorOptions.DEFAULT).run()).isTrue();

        assertThat(new BlockStore(harness.bucket, null).discover().values()).allMatch(BlockObjects::isComplete);
    }

    @Test
    void run_replicas_areMergedBeforeTheyAreDownsampled() throws IOException {
        for (String replica : List.of("r1", "r2")) {
            harness.addStream(A.with("replica", replica), 13);
        }
        var options = CompactorOptions.DEFAULT.withReplicas(List.of("replica"), Deduplication.PENALTY);

        harness.compactor(harness.bucket, options).run();

        assertThat(harness.live())
                .filteredOn(meta -> meta.thanos().resolutionMs() == 300_000)
                .isNotEmpty()
                .allMatch(meta -> meta.thanos().labels().equals(A));
        assertThat(live(A, 0)).isNotEmpty();
    }

    @Test
    void run_retention_waitsForCoarserData() throws IOException {
        harness.addStream(A, 4);
        var policy = RetentionPolicy.of(Duration.ofDays(1), Duration.ofDays(365), Duration.ofDays(365));

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT.withRetention(policy))
                .run();

        assertThat(live(A, 0)).isEmpty();
        assertThat(live(A, 300_000).stream()
                        .mapToLong(meta -> meta.maxTimeMs() - meta.minTimeMs())
                        .sum())
                .isEqualTo(8 * HOUR);
    }

    @Test
    void run_overlapWithoutReplicas_isQuarantinedByName() throws IOException {
        harness.addStream(A, 8);
        var twin = harness.addBlock(A, START, START + 2 * HOUR, 30_000, List.of());
        harness.addStream(B, 8);

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        // Which of the two is the younger one is up to the random part of their names.
        String quarantined = String.valueOf(harness.status.toJson().get("quarantined"));
        assertThat(quarantined).contains(twin.toString(), "overlaps");
        assertThat(harness.keys().keySet())
                .filteredOn(key -> quarantined.contains(key.substring(0, key.indexOf('/'))))
                .anyMatch(key -> key.endsWith(BlockMark.Kind.NO_COMPACT.file()));
        assertThat(live(B, 0)).hasSizeLessThan(8);
        // What waits for an operator is no work that would end some time.
        assertThat(harness.status.progress().blocksLeft()).isZero();
        assertThat(harness.status.etaSeconds()).isZero();
    }

    @Test
    void run_lateData_isMergedAndDownsampledAgain() throws IOException {
        harness.addStream(A, 14);
        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();
        long before = harness.rawSamples(A);
        harness.addBlock(A, START, START + 2 * HOUR, 7_000, List.of("from-out-of-order"));

        harness.compactor(harness.bucket, CompactorOptions.DEFAULT).run();

        assertThat(harness.rawSamples(A)).isGreaterThan(before);
        var sources = live(A, 300_000).stream()
                .flatMap(meta -> meta.compaction().sources().stream())
                .toList();
        assertThat(sources).hasSize(15).doesNotHaveDuplicates();
    }

    @Test
    void run_leaderWasReplaced_writesNothing() throws IOException {
        harness.addStream(A, 13);
        var compactor = harness.compactor(harness.bucket, CompactorOptions.DEFAULT);
        var other = new LeaderLease(harness.bucket, "other", Duration.ZERO, () -> harness.nowMs);
        assertThat(other.poll()).isTrue();
        var before = harness.content();

        assertThatThrownBy(compactor::run).isInstanceOf(LeaseLostException.class);

        assertThat(harness.content()).isEqualTo(before);
    }

    @Test
    void checkForeign_blockOfAnotherCompactor_isRefusedUnlessTakenOver() throws IOException {
        harness.addStream(A, 1);
        var meta = harness.live().getFirst();
        var foreign = meta.withThanos(meta.thanos().withSource("compactor"));
        harness.bucket.put(
                BlockFiles.key(meta.id(), BlockMeta.FILE),
                foreign.encode(),
                io.meridian.objstore.Bucket.Precondition.NONE);
        harness.nowMs = START + DAY;

        assertThatThrownBy(() -> harness.compactor(harness.bucket, CompactorOptions.DEFAULT)
                        .checkForeign())
                .isInstanceOf(ForeignCompactorException.class)
                .hasMessageContaining(meta.id().toString());
    }
}
