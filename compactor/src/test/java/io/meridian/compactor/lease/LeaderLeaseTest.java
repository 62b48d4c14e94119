package io.meridian.compactor.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.ForwardingBucket;
import io.meridian.objstore.InMemoryBucket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class LeaderLeaseTest extends LeadershipContract {
    private final InMemoryBucket bucket = new InMemoryBucket();

    @Override
    Leadership lease(String holder) {
        return new LeaderLease(bucket, holder, Duration.ofSeconds(60), () -> nowMs);
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
    void verify_epochWasDeleted_isLostAndTheNextOneIsHigher() throws IOException {
        var a = lease("a");
        a.poll();
        var keys = new ArrayList<String>();
        bucket.list(LeaderLease.PREFIX, object -> keys.add(object.key()));
        keys.forEach(bucket::delete);

        assertThatThrownBy(a::verify).isInstanceOf(LeaseLostException.class).hasMessageContaining("is gone");
        assertThat(a.poll()).isTrue();
        assertThat(a.epoch()).isEqualTo(2);
    }

    @Test
    void poll_storeIgnoresConditions_theLastOneLeads() throws IOException {
        var b = lease("b");
        var ignoring = new ForwardingBucket(bucket) {
            @Override
            public Upload upload(String key, Precondition precondition) throws IOException {
                if (precondition instanceof Precondition.Absent) {
                    assertThat(b.poll()).isTrue();
                }
                return super.upload(key, Precondition.NONE);
            }
        };
        var a = new LeaderLease(ignoring, "a", Duration.ofSeconds(60), () -> nowMs);

        assertThat(a.poll()).isTrue();

        a.verify();
        assertThatThrownBy(b::verify).isInstanceOf(LeaseLostException.class).hasMessageContaining("belongs to a");
        assertThat(b.poll()).isFalse();
    }

    private static void write(Bucket bucket, String key, String text) throws IOException {
        bucket.put(key, text.getBytes(StandardCharsets.UTF_8), Bucket.Precondition.NONE);
    }

    @Test
    void poll_anotherTookOver_stepsDownByItself() throws IOException {
        var a = lease("a");
        var b = lease("b");
        a.poll();
        b.poll();
        nowMs += 60_000;
        assertThat(b.poll()).isTrue();

        assertThat(a.poll()).isFalse();
        assertThat(a.isLeading()).isFalse();
    }

    @Test
    void poll_anotherWasFasterWithTheEpoch_doesNotLead() throws IOException {
        lease("a").poll();
        var faster = new ForwardingBucket(bucket) {
            @Override
            public Upload upload(String key, Precondition precondition) throws IOException {
                if (key.endsWith("epochs/" + "%020d".formatted(2)) && !exists(key)) {
                    write(bucket, key, "{\"holder\":\"c\"}");
                }
                return super.upload(key, precondition);
            }
        };
        var b = new LeaderLease(faster, "b", Duration.ofSeconds(60), () -> nowMs);
        b.poll();
        nowMs += 60_000;

        assertThat(b.poll()).isFalse();
    }

    @Test
    void poll_unreadableLease_isWaitedFor() throws IOException {
        lease("a").poll();
        var keys = new ArrayList<String>();
        bucket.list(LeaderLease.PREFIX, object -> keys.add(object.key()));
        for (String key : keys) {
            write(bucket, key, "garbage");
        }
        var b = lease("b");

        assertThat(b.poll()).isFalse();
        nowMs += 60_000;
        assertThat(b.poll()).isTrue();
    }

    @Test
    void poll_diedBeforeItsFirstLease_leadsAtOnceAgain() throws IOException {
        write(bucket, LeaderLease.PREFIX + "epochs/" + "%020d".formatted(1), "{\"holder\":\"a\"}");

        assertThat(lease("b").poll()).isFalse();
        assertThat(lease("a").poll()).isTrue();
    }

    @Test
    void poll_objectsOfOthersBesideTheLease_stay() throws IOException {
        write(bucket, LeaderLease.PREFIX + "unfinished/x", "{}");
        for (int i = 0; i < 40; i++) {
            lease("a").poll();
        }

        assertThat(bucket.exists(LeaderLease.PREFIX + "unfinished/x")).isTrue();
    }
}
