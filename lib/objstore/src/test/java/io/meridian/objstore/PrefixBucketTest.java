package io.meridian.objstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class PrefixBucketTest extends BucketContractTest {
    private final InMemoryBucket whole = new InMemoryBucket();

    @Override
    Bucket create() throws Exception {
        whole.put("pre", bytes("x"), Bucket.Precondition.NONE);
        whole.put("pre.fix", bytes("x"), Bucket.Precondition.NONE);
        return new PrefixBucket(whole, "/pre/");
    }

    @AfterEach
    void othersAreUntouched() {
        List<String> outside = new ArrayList<>();
        whole.list("", info -> {
            if (!info.key().startsWith("pre/")) {
                outside.add(info.key());
            }
        });
        assertThat(outside).containsExactly("pre", "pre.fix");
    }
}
