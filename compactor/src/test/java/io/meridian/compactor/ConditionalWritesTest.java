package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.server.Metrics;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
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

    private record IgnoringBucket(Bucket bucket) implements Bucket {
        @Override
        public String name() {
            return bucket.name();
        }

        @Override
        public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
            bucket.list(prefix, visitor);
        }

        @Override
        public ObjectInfo stat(String key) throws IOException {
            return bucket.stat(key);
        }

        @Override
        public MemorySegment read(String key, long offset, long length, Arena arena) throws IOException {
            return bucket.read(key, offset, length, arena);
        }

        @Override
        public Upload upload(String key, Precondition precondition) throws IOException {
            return bucket.upload(key, Precondition.NONE);
        }

        @Override
        public void delete(String key) throws IOException {
            bucket.delete(key);
        }

        @Override
        public void close() {}
    }
}
