package io.meridian.objstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/// Immutable objects by key: a bucket of object storage, a directory, or memory. Keys are UTF-8 text with `/` between
/// their parts. Safe for use by many threads. Calls block, so they belong on virtual threads.
public interface Bucket extends AutoCloseable {
    /// What this bucket is called in errors and logs.
    String name();

    /// Whether reads are local, and mapped where they are large, so that nothing is gained by keeping what was read.
    default boolean isLocal() {
        return false;
    }

    /// Calls the visitor for each object below the prefix (all depths), ascending by key in UTF-8 byte order.
    ///
    /// @param prefix `""` for all; otherwise a key's beginning, of any form
    /// @throws PartialListingException at its end, if there are folders that nobody may look into
    void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException;

    /// @throws ObjectNotFoundException if there is no such object
    ObjectInfo stat(String key) throws IOException;

    /// Reads `length` bytes at `offset`; the segment is read only and stays valid until the arena is closed. A
    /// directory answers with a mapped slice.
    ///
    /// @throws ObjectNotFoundException if there is no such object
    /// @throws java.io.EOFException    if the object is shorter
    MemorySegment read(String key, long offset, long length, Arena arena) throws IOException;

    /// As [#read], into the heap.
    default byte[] readBytes(String key, long offset, int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return read(key, offset, length, arena).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        }
    }

    /// As [#read], into `target[from .. from + length - 1]`, which its owner uses again.
    default void read(String key, long offset, byte[] target, int from, int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment.copy(
                    read(key, offset, length, arena), java.lang.foreign.ValueLayout.JAVA_BYTE, 0, target, from, length);
        }
    }

    /// Begins an upload. Nothing is visible before [Upload#commit].
    Upload upload(String key, Precondition precondition) throws IOException;

    /// Deletes; no error if there is no such object.
    void delete(String key) throws IOException;

    @Override
    void close();

    /// When an upload may take its place.
    sealed interface Precondition {
        /// Overwrites what is there.
        record None() implements Precondition {}

        /// Only if there is no such object.
        record Absent() implements Precondition {}

        /// Only if the object still has this version ([ObjectInfo#version]).
        record Version(String version) implements Precondition {}

        Precondition NONE = new None();
        Precondition ABSENT = new Absent();
    }

    /// Bytes on their way into an object. Not thread-safe. Closing without a commit aborts and leaves nothing behind.
    interface Upload extends AutoCloseable {
        void write(MemorySegment bytes) throws IOException;

        /// Makes the object visible as a whole.
        ///
        /// @throws PreconditionFailedException if the precondition does not hold
        ObjectInfo commit() throws IOException;

        @Override
        void close() throws IOException;
    }

    /// Reads a whole small object into the heap.
    ///
    /// @throws ObjectNotFoundException if there is no such object
    default byte[] readAll(String key) throws IOException {
        try (Arena arena = Arena.ofShared()) {
            long size = stat(key).sizeBytes();
            return read(key, 0, size, arena).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        }
    }

    /// Uploads a whole small object.
    default ObjectInfo put(String key, byte[] bytes, Precondition precondition) throws IOException {
        try (Upload upload = upload(key, precondition)) {
            upload.write(MemorySegment.ofArray(bytes));
            return upload.commit();
        }
    }

    default boolean exists(String key) throws IOException {
        try {
            stat(key);
            return true;
        } catch (ObjectNotFoundException e) {
            return false;
        }
    }
}
