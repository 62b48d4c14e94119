package io.meridian.tsdb.index;

import io.meridian.objstore.Bucket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;

/// One immutable file, read by ranges. Thread-safe.
public interface ByteSource {
    /// What the file is called in messages.
    String name();

    /// In bytes.
    long size();

    /// How ranges of it should be joined.
    ReadCost cost();

    /// The segment stays valid until the arena is closed, or longer.
    MemorySegment read(long offset, long length, Arena arena) throws IOException;

    /// As [#read], into the heap.
    default byte[] readBytes(long offset, int length) throws IOException {
        try (var arena = Arena.ofConfined()) {
            return read(offset, length, arena).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /// As [#read], into `target[from .. from + length - 1]`, which its owner uses again.
    default void read(long offset, byte[] target, int from, int length) throws IOException {
        try (var arena = Arena.ofConfined()) {
            MemorySegment.copy(read(offset, length, arena), ValueLayout.JAVA_BYTE, 0, target, from, length);
        }
    }

    /// An object of a bucket.
    static ByteSource of(Bucket bucket, String key, long size, ReadCost cost) {
        return of(bucket, key, size, () -> cost);
    }

    /// An object of a bucket.
    ///
    /// @param cost asked for each read
    static ByteSource of(Bucket bucket, String key, long size, Supplier<ReadCost> cost) {
        return new ByteSource() {
            @Override
            public String name() {
                return key;
            }

            @Override
            public long size() {
                return size;
            }

            @Override
            public ReadCost cost() {
                return cost.get();
            }

            @Override
            public MemorySegment read(long offset, long length, Arena arena) throws IOException {
                return bucket.read(key, offset, length, arena);
            }

            @Override
            public byte[] readBytes(long offset, int length) throws IOException {
                return bucket.readBytes(key, offset, length);
            }

            @Override
            public void read(long offset, byte[] target, int from, int length) throws IOException {
                bucket.read(key, offset, target, from, length);
            }
        };
    }

    /// Bytes at hand, such as a mapped file.
    static ByteSource of(String name, MemorySegment bytes) {
        return new ByteSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public long size() {
                return bytes.byteSize();
            }

            @Override
            public ReadCost cost() {
                return ReadCost.LOCAL;
            }

            @Override
            public MemorySegment read(long offset, long length, Arena arena) {
                return bytes.asSlice(offset, length);
            }
        };
    }
}
