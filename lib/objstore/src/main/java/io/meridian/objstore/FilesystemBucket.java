package io.meridian.objstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A directory as a bucket; a key is a path below it. Laid out as Thanos' FILESYSTEM bucket, so that both can share
/// one. Uploads wait in `.meridian-uploads` until they are whole and on disk; they never show in listings.
///
/// Files must not be cut by others while they are read: reads are mappings.
public final class FilesystemBucket implements Bucket {
    static final String UPLOADS = ".meridian-uploads";

    /// Below this a copy is cheaper than a mapping.
    private static final long MAP_BYTES_MIN = 16 << 10;

    /// The runtime copies through a buffer of this size outside the heap, which stays in the processor's cache.
    private static final int READ_STEP = 256 << 10;

    private final Path root;
    private final CommitLock commitLock;
    private final boolean syncs;

    /// @param directory is created when something is uploaded, if it does not exist
    public FilesystemBucket(Path directory) {
        this(directory, true);
    }

    /// @param syncs whether an upload returns only when its object would outlive a failure of power
    public FilesystemBucket(Path directory, boolean syncs) {
        this.syncs = syncs;
        this.root = directory.toAbsolutePath().normalize();
        this.commitLock = new CommitLock(root, root.resolve(UPLOADS));
    }

    public Path directory() {
        return root;
    }

    @Override
    public String name() {
        return "file://" + root;
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public void list(String prefix, Consumer<ObjectInfo> visitor) throws IOException {
        int slash = prefix.lastIndexOf('/');
        Path start = slash < 0 ? root : resolveOrNull(prefix.substring(0, slash));
        if (start == null) {
            return;
        }
        var denied = new Denied();
        listDirectory(start, prefix.substring(0, slash + 1), prefix, visitor, denied);
        if (denied.first != null) {
            throw new PartialListingException(name(), denied.folders, denied.first);
        }
    }

    /// Folders that this user may not look into.
    private static final class Denied {
        final List<String> folders = new ArrayList<>();

        @Nullable
        AccessDeniedException first;

        void add(String key, AccessDeniedException e) {
            folders.add(key);
            first = first == null ? e : first;
        }
    }

    private record Child(String key, Path path, BasicFileAttributes attributes) {}

    private void listDirectory(
            Path directory, String keyOfDirectory, String prefix, Consumer<ObjectInfo> visitor, Denied denied)
            throws IOException {
        List<Child> children = new ArrayList<>();
        try (var stream = Files.newDirectoryStream(directory)) {
            for (Path path : stream) {
                String name = String.valueOf(path.getFileName());
                if (keyOfDirectory.isEmpty() && name.equals(UPLOADS)) {
                    continue;
                }
                BasicFileAttributes attributes = attributesOrNull(path);
                if (attributes != null) {
                    // a directory sorts as its keys do, by its name and a slash
                    String key = keyOfDirectory + name + (attributes.isDirectory() ? "/" : "");
                    if (key.startsWith(prefix) || attributes.isDirectory() && prefix.startsWith(key)) {
                        children.add(new Child(key, path, attributes));
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return;
        } catch (AccessDeniedException e) {
            if (keyOfDirectory.isEmpty()) {
                throw e;
            }
            denied.add(keyOfDirectory, e);
            return;
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        children.sort(Comparator.comparing(Child::key, Keys.ORDER));
        for (Child child : children) {
            if (child.attributes().isDirectory()) {
                listDirectory(child.path(), child.key(), prefix, visitor, denied);
            } else if (child.attributes().isRegularFile()) {
                visitor.accept(info(child.key(), child.attributes()));
            }
        }
    }

    private static @Nullable BasicFileAttributes attributesOrNull(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return null;
        } catch (FileSystemException e) {
            // a part of the path is a file ("Not a directory"), or a link goes in a circle
            if (Files.notExists(path) || Files.isSymbolicLink(path)) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public ObjectInfo stat(String key) throws IOException {
        Path path = resolveOrNull(key);
        BasicFileAttributes attributes = path == null ? null : attributesOrNull(path);
        if (attributes == null || !attributes.isRegularFile()) {
            throw new ObjectNotFoundException(name(), key);
        }
        return info(key, attributes);
    }

    private static ObjectInfo info(String key, BasicFileAttributes attributes) {
        // commits give every file a time of its own, see Commit; the inode tells files of other writers apart
        long micros = attributes.lastModifiedTime().to(TimeUnit.MICROSECONDS);
        String version = micros + "-" + attributes.size() + "-" + attributes.fileKey();
        return new ObjectInfo(key, attributes.size(), micros / 1000, version);
    }

    @Override
    public MemorySegment read(String key, long offset, long length, Arena arena) throws IOException {
        try (FileChannel channel = open(key)) {
            long size = channel.size();
            if (offset < 0 || length < 0 || offset > size - length) {
                throw InMemoryBucket.ranges(this, key, offset, length, size);
            }
            if (length >= MAP_BYTES_MIN) {
                return channel.map(FileChannel.MapMode.READ_ONLY, offset, length, arena);
            }
            MemorySegment copy = arena.allocate(length);
            fill(key, channel, copy.asByteBuffer(), offset);
            return copy.asReadOnly();
        }
    }

    /// What goes into the heap is cheaper read than mapped: no page table is filled in and emptied for it.
    @Override
    public byte[] readBytes(String key, long offset, int length) throws IOException {
        try (FileChannel channel = open(key)) {
            checkRange(key, channel, offset, length);
            byte[] bytes = new byte[length];
            fill(key, channel, offset, bytes, 0, length);
            return bytes;
        }
    }

    @Override
    public void read(String key, long offset, byte[] target, int from, int length) throws IOException {
        try (FileChannel channel = open(key)) {
            checkRange(key, channel, offset, length);
            fill(key, channel, offset, target, from, length);
        }
    }

    private void checkRange(String key, FileChannel channel, long offset, int length) throws IOException {
        long size = channel.size();
        if (offset < 0 || length < 0 || offset > size - length) {
            throw InMemoryBucket.ranges(this, key, offset, length, size);
        }
    }

    private void fill(String key, FileChannel channel, long offset, byte[] target, int from, int length)
            throws IOException {
        for (int at = 0; at < length; at += READ_STEP) {
            fill(key, channel, ByteBuffer.wrap(target, from + at, Math.min(READ_STEP, length - at)), offset + at);
        }
    }

    @Override
    public byte[] readAll(String key) throws IOException {
        try (FileChannel channel = open(key)) {
            byte[] bytes = new byte[Math.toIntExact(channel.size())];
            fill(key, channel, ByteBuffer.wrap(bytes), 0);
            return bytes;
        }
    }

    private FileChannel open(String key) throws IOException {
        Path path = resolveOrNull(key);
        if (path != null && Files.isRegularFile(path)) {
            try {
                return FileChannel.open(path, StandardOpenOption.READ);
            } catch (NoSuchFileException e) {
                // deleted meanwhile: as below
            }
        }
        throw new ObjectNotFoundException(name(), key);
    }

    private void fill(String key, FileChannel channel, ByteBuffer target, long offset) throws IOException {
        for (long at = offset; target.hasRemaining(); ) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw InMemoryBucket.ranges(this, key, at, target.remaining(), channel.size());
            }
            at += count;
        }
    }

    @Override
    public Upload upload(String key, Precondition precondition) throws IOException {
        Path target = resolve(Keys.check(key));
        commitLock.prepare();
        return new FilesystemUpload(this, commitLock, syncs, root, target, key, precondition);
    }

    @Override
    public void delete(String key) throws IOException {
        Path path = resolveOrNull(key);
        if (path == null || !Files.exists(path) || Files.isDirectory(path)) {
            return;
        }
        try (var _ = commitLock.acquire()) {
            Files.deleteIfExists(path);
            // a directory is only a part of keys: it goes with its last object
            for (Path parent = path.getParent(); parent != null && !parent.equals(root); parent = parent.getParent()) {
                Files.delete(parent);
            }
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            // the parent is still in use, or gone already
        }
    }

    @Override
    public void close() {}

    private @Nullable Path resolveOrNull(String key) throws IOException {
        try {
            Keys.check(key);
        } catch (IOException e) {
            if (key.contains("..") || key.startsWith("/")) {
                throw e;
            }
            return null; // no upload could have stored it
        }
        return resolve(key);
    }

    private Path resolve(String key) throws IOException {
        Path path;
        try {
            path = root.resolve(key).normalize();
        } catch (InvalidPathException e) {
            throw new IOException("invalid key \"" + key + "\": no file can have this name (set LC_ALL=C.UTF-8?)", e);
        }
        if (!path.startsWith(root) || path.equals(root) || path.startsWith(root.resolve(UPLOADS))) {
            throw new IOException("invalid key \"" + key + "\": not below the bucket's directory " + root);
        }
        return path;
    }
}
