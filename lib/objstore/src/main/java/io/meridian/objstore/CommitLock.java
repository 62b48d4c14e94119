package io.meridian.objstore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// One at a time changes a directory that is a bucket: within the process by a lock per directory, between processes
/// by a lock on a file. A file system has no "replace if unchanged"; this makes one, among those that use it.
final class CommitLock {
    private static final ConcurrentHashMap<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

    /// What a dead process left behind is removed after this time.
    private static final Duration LEFT_OVER_AGE = Duration.ofHours(24);

    private final Path uploads;
    private final ReentrantLock local;
    private boolean prepared;

    CommitLock(Path root, Path uploads) {
        this.uploads = uploads;
        this.local = LOCKS.computeIfAbsent(root, _ -> new ReentrantLock());
    }

    Path uploads() {
        return uploads;
    }

    /// Creates the directory for uploads under way, and clears it of old ones.
    void prepare() throws IOException {
        local.lock();
        try {
            Files.createDirectories(uploads);
            if (!prepared) {
                prepared = true;
                removeLeftOvers();
            }
        } finally {
            local.unlock();
        }
    }

    private void removeLeftOvers() throws IOException {
        Instant before = Instant.now().minus(LEFT_OVER_AGE);
        try (var files = Files.newDirectoryStream(uploads, "*.part")) {
            for (Path file : files) {
                try {
                    if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException e) {
                    // somebody else did
                }
            }
        }
    }

    Held acquire() throws IOException {
        local.lock();
        try {
            Files.createDirectories(uploads);
            var channel =
                    FileChannel.open(uploads.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            return new Held(local, channel, channel.lock());
        } catch (IOException | RuntimeException e) {
            local.unlock();
            throw e;
        }
    }

    record Held(ReentrantLock local, FileChannel channel, FileLock lock) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try (channel) {
                lock.release();
            } finally {
                local.unlock();
            }
        }
    }
}
