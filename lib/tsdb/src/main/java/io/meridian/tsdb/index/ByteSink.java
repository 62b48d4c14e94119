package io.meridian.tsdb.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// One new file, written front to back: local, or an object on its way into a bucket. Not thread-safe.
public interface ByteSink extends AutoCloseable {
    /// Bytes written so far.
    long position();

    void write(byte[] bytes, int offset, int length) throws IOException;

    /// As above, of bytes outside the heap, which go to a file without another copy.
    void write(MemorySegment bytes) throws IOException;

    default void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    /// Writes zeros up to the next multiple of `alignment`.
    default void align(int alignment) throws IOException {
        int rest = (int) (position() % alignment);
        if (rest > 0) {
            write(new byte[alignment - rest]);
        }
    }

    /// Brings everything to its place, durably.
    void finish() throws IOException;

    /// Gives up what is not finished.
    @Override
    void close() throws IOException;
}
