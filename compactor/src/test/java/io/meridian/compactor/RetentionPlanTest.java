package io.meridian.compactor;

import static io.meridian.compactor.CompactorHarness.DAY;
import static io.meridian.compactor.CompactorHarness.HOUR;
import static io.meridian.compactor.CompactorHarness.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.compactor.plan.RetentionForecast.State;
import io.meridian.compactor.plan.RetentionPolicy;
import io.meridian.model.Labels;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ForwardingBucket;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionPlanTest {
    private static final Labels A = Labels.of("cluster", "a");

    @TempDir
    private Path directory;

    @Test
    void of_blocksOfAllStates_saysWhenAndWhyAndWritesNothing() throws IOException {
        var harness = new CompactorHarness(directory);
        var old = harness.addBlock(A, START, START + 2 * HOUR, 60_000, List.of());
        var marked = harness.addBlock(A, START + 2 * HOUR, START + 4 * HOUR, 60_000, List.of());
        var young = harness.addBlock(A, START + 10 * DAY, START + 10 * DAY + 2 * HOUR, 60_000, List.of());
        harness.nowMs = START + 12 * DAY;
        new BlockStore(harness.bucket, null).mark(BlockMark.deletion(marked, "outdated block", harness.nowMs / 1000));
        var policy = RetentionPolicy.of(Duration.ofDays(7), Duration.ofDays(7), Duration.ofDays(7));

        var plan = RetentionPlan.of(
                new ReadOnlyBucket(harness.bucket), CompactorOptions.DEFAULT.withRetention(policy), harness.nowMs);

        assertThat(plan.rows()).extracting(row -> row.block().id()).containsExactly(old, marked, young);
        assertThat(plan.rows()).extracting(row -> row.state()).containsExactly(State.DUE, State.MARKED, State.AGES);
        assertThat(plan.rows()).allMatch(row -> row.bytes() > 0 && row.rule().contains("--retention.resolution"));
        assertThat(plan.rows().getLast().expiresMs()).isEqualTo(START + 17 * DAY + 2 * HOUR);
        assertThat(plan.dueBytes()).isPositive();
        assertThat(plan.markedBytes()).isPositive();
        assertThat(plan.soonBytes()).isPositive();
        assertThat(plan.toJson().toString()).contains("state=due", "state=marked", "state=ages", "waitingBytes=0");
    }

    @Test
    void of_coarserResolutionMissing_waitsForIt() throws IOException {
        var harness = new CompactorHarness(directory);
        harness.addBlock(A, START, START + 2 * HOUR, 60_000, List.of());
        harness.nowMs = START + 12 * DAY;
        var policy = RetentionPolicy.of(Duration.ofDays(7), Duration.ZERO, Duration.ZERO);

        var plan = RetentionPlan.of(
                new ReadOnlyBucket(harness.bucket), CompactorOptions.DEFAULT.withRetention(policy), harness.nowMs);

        assertThat(plan.rows()).hasSize(1).allMatch(row -> row.state() == State.WAITS && row.waitsFor() == 300_000);
        assertThat(plan.waitingBytes()).isPositive();
    }

    /// Every write is an error.
    private static final class ReadOnlyBucket extends ForwardingBucket {
        ReadOnlyBucket(Bucket bucket) {
            super(bucket);
        }

        @Override
        public Upload upload(String key, Precondition precondition) {
            throw new AssertionError("written: " + key);
        }

        @Override
        public void delete(String key) {
            throw new AssertionError("deleted: " + key);
        }
    }
}
