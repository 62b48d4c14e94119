package io.meridian.objstore;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A temporary file that becomes the object by a link or a rename, after its bytes are on disk.
final class FilesystemUpload implements Bucket.Upload {
    /// File times are given out by this clock, so that two files never share one: they are part of the version.
    private static final AtomicLong LAST_MICROS = new AtomicLong();

    private static final int WRITE_BYTES_MAX = 1 << 26;

    /// The disk begins with what is there after so many bytes: the commit then waits for the rest only.
    private static final long SYNC_STEP = 32 << 20;

    private final FilesystemBucket bucket;
    private final CommitLock commitLock;
    private final boolean syncs;
    private final Path root;
    private final Path target;
    private final String key;
    private final Bucket.Precondition precondition;
    private final Path part;
    private final FileChannel channel;
    private long unsynced;
    private @Nullable Thread syncing;
    private volatile @Nullable IOException syncFailure;
    private boolean done;

    FilesystemUpload(
            FilesystemBucket bucket,
            CommitLock commitLock,
            boolean syncs,
            Path root,
            Path target,
            String key,
            Bucket.Precondition precondition)
            throws IOException {
        this.bucket = bucket;
        this.commitLock = commitLock;
        this.syncs = syncs;
        this.root = root;
        this.target = target;
        this.key = key;
        this.precondition = precondition;
        this.part = commitLock.uploads().resolve(UUID.randomUUID() + ".part");
        this.channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void write(MemorySegment bytes) throws IOException {
        checkOpen();
        for (long at = 0; at < bytes.byteSize(); at += WRITE_BYTES_MAX) {
            ByteBuffer buffer = bytes.asSlice(at, Math.min(WRITE_BYTES_MAX, bytes.byteSize() - at))
                    .asByteBuffer();
            while (buffer.hasRemaining()) {
                unsynced += channel.write(buffer);
            }
        }
        if (syncs && unsynced >= SYNC_STEP && (syncing == null || !syncing.isAlive())) {
            unsynced = 0;
            syncing = Thread.ofPlatform().name("upload-sync").daemon().start(this::syncAhead);
        }
    }

    private void syncAhead() {
        try {
            channel.force(false);
        } catch (IOException e) {
            // the system reports what it could not write to one caller only
            syncFailure = e;
        }
    }

    private void sync() throws IOException {
        Thread ahead = syncing;
        if (ahead != null) {
            try {
                ahead.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while storing " + key, e);
            }
        }
        if (syncFailure != null) {
            throw new IOException("cannot store " + key + " in " + bucket.name(), syncFailure);
        }
        channel.force(true);
    }

    @Override
    public ObjectInfo commit() throws IOException {
        checkOpen();
        done = true;
        List<Path> changed;
        ObjectInfo placed;
        try {
            if (syncs) {
                // before the lock: uploads to the same bucket wait for the disk together
                sync();
            }
            channel.close();
        } catch (IOException e) {
            close();
            throw e;
        }
        try (var _ = commitLock.acquire()) {
            Files.setLastModifiedTime(part, FileTime.from(nextMicros(), TimeUnit.MICROSECONDS));
            if (Files.isDirectory(target)) {
                throw new IOException("cannot store " + key + " in " + bucket.name() + ": it is a directory there");
            }
            if (!holds()) {
                throw failed();
            }
            changed = createParents();
            place();
            placed = bucket.stat(key);
        } finally {
            Files.deleteIfExists(part);
        }
        if (syncs) {
            for (Path directory : changed) {
                sync(directory);
            }
        }
        return placed;
    }

    private boolean holds() throws IOException {
        return switch (precondition) {
            case Bucket.Precondition.None() -> true;
            case Bucket.Precondition.Absent() -> !Files.exists(target);
            case Bucket.Precondition.Version(String version) -> {
                try {
                    yield bucket.stat(key).version().equals(version);
                } catch (ObjectNotFoundException e) {
                    yield false;
                }
            }
        };
    }

    private void place() throws IOException {
        if (precondition.equals(Bucket.Precondition.ABSENT)) {
            try {
                // a link never overwrites, whoever else writes here without our lock
                Files.createLink(target, part);
                return;
            } catch (FileAlreadyExistsException e) {
                throw failed();
            } catch (UnsupportedOperationException | FileSystemException e) {
                // no hard links on this file system: under the lock, a rename does
            }
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// @return the directories whose entries change, innermost first
    private List<Path> createParents() throws IOException {
        List<Path> changed = new ArrayList<>();
        Path parent = target.getParent();
        while (parent != null && parent.startsWith(root)) {
            changed.add(parent);
            if (Files.isDirectory(parent)) {
                break;
            }
            parent = parent.getParent();
        }
        try {
            Files.createDirectories(changed.getFirst());
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    "cannot store " + key + " in " + bucket.name() + ": a part of its path is an object", e);
        }
        return changed;
    }

    private static void sync(Path directory) throws IOException {
        try (var handle = FileChannel.open(directory, StandardOpenOption.READ)) {
            handle.force(true);
        } catch (NoSuchFileException e) {
            // somebody deleted what was its last object meanwhile
        }
    }

    private static long nextMicros() {
        long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
        return LAST_MICROS.updateAndGet(last -> Math.max(last + 1, now));
    }

    private PreconditionFailedException failed() {
        return new PreconditionFailedException(bucket.name(), key, precondition.toString());
    }

    private void checkOpen() throws IOException {
        if (done) {
            throw new IOException("upload of " + key + " has ended");
        }
    }

    @Override
    public void close() throws IOException {
        done = true;
        channel.close();
        Files.deleteIfExists(part);
    }
}
