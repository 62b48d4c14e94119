package io.meridian.objstore;

import io.meridian.objstore.config.BucketConfig;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.MinIOContainer;

/// The contract on MinIO, where Docker is.
class MinioBucketTest extends BucketContractTest {
    private static final AtomicInteger BUCKETS = new AtomicInteger();
    private static final MinIOContainer CONTAINER = new MinIOContainer("minio/minio:RELEASE.2025-04-22T22-12-26Z");

    @BeforeAll
    static void start() {
        Assumptions.assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(), "no Docker here, which MinIO would run in");
        CONTAINER.start();
    }

    @AfterAll
    static void stop() {
        CONTAINER.stop();
    }

    @Override
    Bucket create() throws Exception {
        // in MinIO's own directory, a new directory is a new bucket
        String name = "bucket-" + BUCKETS.incrementAndGet();
        CONTAINER.execInContainer("mkdir", "-p", "/data/" + name);
        return BucketConfig.parse("""
                        type: S3
                        config:
                          bucket: %s
                          endpoint: %s
                          insecure: true
                          access_key: %s
                          secret_key: %s
                          part_size: 5242880
                        """.formatted(
                                name,
                                CONTAINER.getS3URL().replaceFirst("https?://", ""),
                                CONTAINER.getUserName(),
                                CONTAINER.getPassword()))
                .open();
    }
}
