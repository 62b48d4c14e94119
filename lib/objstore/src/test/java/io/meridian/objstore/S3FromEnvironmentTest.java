package io.meridian.objstore;

import io.meridian.objstore.config.BucketConfig;
import io.meridian.testkit.S3Server;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// The contract on any server: see [S3Server#configFromEnvironment].
class S3FromEnvironmentTest extends BucketContractTest {
    private final List<Bucket> opened = new ArrayList<>();

    @Override
    Bucket create() throws Exception {
        String yaml = S3Server.configFromEnvironment();
        opened.add(BucketConfig.parse(yaml).open());
        return BucketConfig.parse(yaml).open();
    }

    @AfterEach
    void clean() throws Exception {
        for (Bucket bucket : opened) {
            List<String> keys = new ArrayList<>();
            bucket.list("", info -> keys.add(info.key()));
            for (String key : keys) {
                bucket.delete(key);
            }
            bucket.close();
        }
    }
}
