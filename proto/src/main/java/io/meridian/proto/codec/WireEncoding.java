package io.meridian.proto.codec;

import io.meridian.model.chunk.ChunkEncoding;
import org.jspecify.annotations.Nullable;

/// Numbers of chunk encodings: in the StoreAPI one less than on disk, in remote read the same.
final class WireEncoding {
    private WireEncoding() {}

    /// Null if no encoding of samples has this number in the StoreAPI.
    static @Nullable ChunkEncoding ofStoreType(long type) {
        return ofDiskId(type + 1);
    }

    /// Null if no encoding of samples has this number on disk.
    static @Nullable ChunkEncoding ofDiskId(long id) {
        return id >= ChunkEncoding.XOR.id() && id <= ChunkEncoding.FLOAT_HISTOGRAM_ST.id()
                ? ChunkEncoding.ofId((int) id)
                : null;
    }

    static int storeType(ChunkEncoding encoding) {
        return encoding.id() - 1;
    }
}
