package io.meridian.compactor.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.objstore.InMemoryBucket;
import java.io.IOException;
import java.time.Duration;
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
}
