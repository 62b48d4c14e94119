package io.meridian.objstore;

import io.meridian.objstore.config.BucketConfig;
import io.meridian.testkit.S3Server;
import java.util.List;

class S3BucketTest extends BucketContractTest {
    private String name = "";

    @Override
    Bucket create() throws Exception {
        S3Server server = S3Server.shared();
        name = server.newBucket();
        // the least part size, so that large uploads have several
        return BucketConfig.parse(server.config(name) + "  part_size: 5242880\n")
                .open();
    }

    @Override
    boolean replacesAtomically() {
        return false;
    }

    @Override
    boolean ordersSupplementaryCharacters() {
        return false;
    }

    @Override
    void store(List<String> keys) {
        keys.forEach(key -> S3Server.shared().store(name, key, bytes(key)));
    }
}
