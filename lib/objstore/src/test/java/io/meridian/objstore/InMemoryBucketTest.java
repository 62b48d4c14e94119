package io.meridian.objstore;

class InMemoryBucketTest extends BucketContractTest {
    @Override
    Bucket create() {
        return new InMemoryBucket();
    }
}
