package io.meridian.compactor;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.objstore.ObjectInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.Consumer;

/// A directory that behaves as object storage does: what is read of it is copied.
record FarBucket(FilesystemBucket near) implements Bucket {
    FarBucket(Path directory) {
        this(new FilesystemBucket(directory));
    }

    @Override
    public String name() {
        return near.name();
    }

    @Override
    public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
        near.list(prefix, visitor);
    }

    @Override
    public ObjectInfo stat(String key) throws IOException {
        return near.stat(key);
    }

    @Override
    public MemorySegment read(String key, long offset, long length, Arena arena) throws IOException {
        try (var own = Arena.ofConfined()) {
            return arena.allocate(length).copyFrom(near.read(key, offset, length, own));
        }
    }

    @Override
    public Upload upload(String key, Precondition precondition) throws IOException {
        return near.upload(key, precondition);
    }

    @Override
    public void delete(String key) throws IOException {
        near.delete(key);
    }

    @Override
    public void close() {
        near.close();
    }
}
