package io.meridian.objstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.objstore.Bucket.Precondition;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.testkit.S3Server;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ConditionalWritesTest {
    @Test
    void probe_memory_honoursBothAndLeavesNothing() throws IOException {
        var bucket = new InMemoryBucket();
        assertThat(ConditionalWrites.probe(bucket, "debug/")).isEqualTo(new ConditionalWrites(true, true));
        bucket.list("", info -> assertThat(info).isNull());
    }

    @Test
    void probe_s3Server_honoursBoth() throws Exception {
        S3Server server = S3Server.shared();
        try (Bucket bucket =
                BucketConfig.parse(server.config(server.newBucket())).open()) {
            assertThat(ConditionalWrites.probe(bucket, "debug/")).isEqualTo(new ConditionalWrites(true, true));
        }
    }

    @Test
    void probe_storeThatIgnoresPreconditions_isFoundOut() throws IOException {
        assertThat(ConditionalWrites.probe(new Careless(new InMemoryBucket()), ""))
                .isEqualTo(new ConditionalWrites(false, false));
    }

    /// Takes preconditions and forgets them.
    private static final class Careless extends ForwardingBucket {
        private final Bucket bucket;

        Careless(Bucket bucket) {
            super(bucket);
            this.bucket = bucket;
        }

        @Override
        public Upload upload(String key, Precondition precondition) throws IOException {
            return bucket.upload(key, Precondition.NONE);
        }
    }
}
