package io.meridian.tsdb.bytes;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// A temporary local file: written once, then read through a mapping, deleted when closed.
public final class Spool implements AutoCloseable {
    private final FileSink file;
    private final Arena arena = Arena.ofShared();

    /// @param path of a file that does not exist, or that a dead process left
    public Spool(Path path) throws IOException {
        Files.deleteIfExists(path);
        file = new FileSink(path);
    }

    /// Bytes written so far.
    public long size() {
        return file.position();
    }

    public void write(ByteWriter bytes) throws IOException {
        file.write(bytes);
    }

    /// Everything written so far; valid until this is closed.
    public MemorySegment bytes() throws IOException {
        return file.map(0, arena);
    }

    @Override
    public void close() throws IOException {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        file.close();
        Files.deleteIfExists(file.path());
    }
}
