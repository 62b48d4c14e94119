package io.meridian.compactor.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.objstore.InMemoryBucket;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaderLeaseTest {
    private final InMemoryBucket bucket = new InMemoryBucket();
    private long nowMs = 1_000;

    private LeaderLease lease(String holder) {
        return new LeaderLease(bucket, holder, Duration.ofSeconds(60), () -> nowMs);
    }

    @Test
    void poll_emptyBucket_leadsWithEpochOne() throws IOException {
        var a = lease("a");

        assertThat(a.poll()).isTrue();
        assertThat(a.epoch()).isEqualTo(1);
    }

    @Test
    void poll_leaderRenews_waiterWaits() throws IOException {
        var a = lease("a");
        var b = lease("b");
        a.poll();

        for (int i = 0; i < 20; i++) {
            nowMs += 15_000;
            assertThat(a.poll()).isTrue();
            assertThat(b.poll()).isFalse();
        }
        assertThat(b.observedHolder()).isEqualTo("a");
    }

    @Test
    void poll_leaderSilentForTheLease_waiterTakesOverAndTheOldOneIsFenced() throws IOException {
        var a = lease("a");
        var b = lease("b");
        a.poll();
        b.poll();
        nowMs += 59_999;
        assertThat(b.poll()).isFalse();
        nowMs += 1;

        assertThat(b.poll()).isTrue();

        assertThat(b.epoch()).isEqualTo(2);
        assertThatThrownBy(a::verify).isInstanceOf(LeaseLostException.class).hasMessageContaining("epoch 2");
        assertThat(a.poll()).isFalse();
        b.verify();
    }

    @Test
    void poll_afterRelease_waiterTakesOverAtOnce() throws IOException {
        var a = lease("a");
        var b = lease("b");
        a.poll();
        b.poll();
        a.release();

        assertThat(b.poll()).isTrue();
    }

    @Test
    void poll_sameHolderRestarted_leadsAtOnce() throws IOException {
        lease("a").poll();

        assertThat(lease("a").poll()).isTrue();
        assertThat(lease("b").poll()).isFalse();
    }

    @Test
    void poll_manyEpochs_keepsTheHighestOnes() throws IOException {
        for (int i = 0; i < 40; i++) {
            var lease = lease("a");
            assertThat(lease.poll()).isTrue();
            assertThat(lease.epoch()).isEqualTo(i + 1);
        }
        int[] count = {0};
        bucket.list(LeaderLease.PREFIX, object -> count[0]++);
        assertThat(count[0]).isLessThan(20);
    }

    @Test
    void verify_neverLed_isRefused() {
        assertThatThrownBy(lease("a")::verify).isInstanceOf(LeaseLostException.class);
    }
}
