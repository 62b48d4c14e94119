package io.meridian.objstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/// A bucket that hands everything on to another one: the base of those that change one thing.
public abstract class ForwardingBucket implements Bucket {
    private final Bucket bucket;

    protected ForwardingBucket(Bucket bucket) {
        this.bucket = bucket;
    }

    @Override
    public String name() {
        return bucket.name();
    }

    @Override
    public boolean isLocal() {
        return bucket.isLocal();
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
        return bucket.upload(key, precondition);
    }

    @Override
    public void delete(String key) throws IOException {
        bucket.delete(key);
    }

    @Override
    public void close() {
        bucket.close();
    }
}
