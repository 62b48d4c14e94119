package io.meridian.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// The directory of a component below `--data-dir`, held by this process alone, of a format version that this build
/// understands.
public final class DataDirectory implements AutoCloseable {
    /// The version that this build writes, and the highest that it reads.
    public static final int FORMAT_VERSION = 1;

    private static final String LOCK_FILE = "lock";
    private static final String VERSION_FILE = "format-version";

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private DataDirectory(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /// Creates the directory where it is missing and takes it.
    ///
    /// @throws IOException if another process holds it, or a newer build wrote it; the message says which
    public static DataDirectory open(Path path) throws IOException {
        Files.createDirectories(path);
        FileChannel channel = FileChannel.open(
                path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new IOException("data directory " + path
                        + " is in use by another process: stop it, or choose another --data-dir");
            }
            checkVersion(path);
            return new DataDirectory(path, channel, lock);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @org.jspecify.annotations.Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static void checkVersion(Path path) throws IOException {
        Path file = path.resolve(VERSION_FILE);
        // A power cut may leave the new file empty.
        if (!Files.exists(file) || Files.size(file) == 0) {
            Path fresh = path.resolve(VERSION_FILE + ".tmp");
            Files.writeString(fresh, FORMAT_VERSION + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        String text = Files.readString(file, StandardCharsets.UTF_8).strip();
        int version;
        try {
            version = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IOException(
                    "data directory " + path + ": " + VERSION_FILE + " is not a number: \"" + text + "\"", e);
        }
        if (version > FORMAT_VERSION || version < 1) {
            throw new IOException("data directory " + path + " has format version " + version
                    + ", this build reads up to " + FORMAT_VERSION + ": use a newer build or another directory");
        }
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try {
            lock.release();
        } finally {
            channel.close();
        }
    }
}
