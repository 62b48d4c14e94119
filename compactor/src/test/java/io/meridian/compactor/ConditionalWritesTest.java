package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.ForwardingBucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.server.Metrics;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What the compactor says at its start of a bucket that ignores the conditions of writes.
class ConditionalWritesTest {
    @Test
    void check_bucketThatKeepsConditions_saysSo() throws IOException {
        var status = new CompactorStatus(new Metrics());

        CompactorComponent.checkConditionalWrites(new InMemoryBucket(), "bucket", status);

        assertThat(status.toJson()).containsEntry("bucketIgnoresConditionalWrites", false);
    }

    @Test
    void check_bucketThatIgnoresConditions_isDetectedAndLeavesNothingBehind() throws IOException {
        var status = new CompactorStatus(new Metrics());
        var bucket = new InMemoryBucket();

        CompactorComponent.checkConditionalWrites(new IgnoringBucket(bucket), "bucket", status);

        assertThat(status.toJson()).containsEntry("bucketIgnoresConditionalWrites", true);
        assertThat(status.ignoresConditions()).isTrue();
        int[] left = {0};
        bucket.list("", _ -> left[0]++);
        assertThat(left[0]).isZero();
    }

    private static final class IgnoringBucket extends ForwardingBucket {
        IgnoringBucket(Bucket bucket) {
            super(bucket);
        }

        @Override
        public Upload upload(String key, Precondition precondition) throws IOException {
            return super.upload(key, Precondition.NONE);
        }
    }
}
