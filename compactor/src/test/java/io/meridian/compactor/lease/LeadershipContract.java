package io.meridian.compactor.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What every kind of lease of 60 seconds keeps.
abstract class LeadershipContract {
    /// The clock of all holders.
    long nowMs = 1_000;

    /// A compactor that wants to lead, by [#nowMs].
    abstract Leadership lease(String holder) throws IOException;

    @Test
    void poll_noLeaseYet_leadsWithEpochOne() throws IOException {
        var a = lease("a");

        assertThat(a.poll()).isTrue();

        assertThat(a.epoch()).isEqualTo(1);
        a.verify();
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
        assertThat(a.epoch()).isEqualTo(1);
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
    void poll_twoWaitersAtOnce_oneLeads() throws IOException {
        lease("a").poll();
        var b = lease("b");
        var c = lease("c");
        b.poll();
        c.poll();
        nowMs += 60_000;

        assertThat(b.poll()).isTrue();
        assertThat(c.poll()).isFalse();
        assertThatThrownBy(c::verify).isInstanceOf(LeaseLostException.class);
        b.verify();
    }

    @Test
    void poll_afterRelease_waiterTakesOverAtOnce() throws IOException {
        var a = lease("a");
        var b = lease("b");
        a.poll();
        b.poll();
        a.release();

        assertThat(a.isLeading()).isFalse();
        assertThat(b.poll()).isTrue();
        assertThat(b.epoch()).isEqualTo(2);
    }

    @Test
    void poll_sameHolderRestarted_leadsAtOnceWithANewEpoch() throws IOException {
        var before = lease("a");
        before.poll();

        var after = lease("a");
        assertThat(after.poll()).isTrue();
        assertThat(after.epoch()).isEqualTo(2);
        assertThatThrownBy(before::verify).isInstanceOf(LeaseLostException.class);
        assertThat(lease("b").poll()).isFalse();
    }

    /// A copied data directory, say.
    @Test
    void poll_twoWithOneName_doNotTakeTurns() throws IOException {
        var a = lease("a");
        var copy = lease("a");
        assertThat(a.poll()).isTrue();
        assertThat(copy.poll()).isTrue();

        for (int i = 0; i < 10; i++) {
            nowMs += 10_000;
            assertThat(a.poll()).isFalse();
            assertThat(copy.poll()).isTrue();
        }
        copy.verify();
    }

    @Test
    void verify_neverLed_isRefused() throws IOException {
        assertThatThrownBy(lease("a")::verify).isInstanceOf(LeaseLostException.class);
    }
}
