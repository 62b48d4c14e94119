package io.meridian.compactor;

import io.meridian.objstore.FilesystemBucket;
import io.meridian.objstore.ForwardingBucket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A directory that behaves as object storage does: what is read of it is copied.
final class FarBucket extends ForwardingBucket {
    FarBucket(Path directory) {
        super(new FilesystemBucket(directory));
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public MemorySegment read(String key, long offset, long length, Arena arena) throws IOException {
        try (var own = Arena.ofConfined()) {
            return arena.allocate(length).copyFrom(super.read(key, offset, length, own));
        }
    }
}
