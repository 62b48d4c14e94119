package io.meridian.storegateway;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;

/// Small objects of blocks (meta.json and marks) on the local disk, each under its version, so that a start reads only
/// what changed.
///
/// A copy is a file of the object's bytes after four that check them.
final class SmallObjectCache {
    private static final int CHECK_LENGTH = 4;

    private final Bucket bucket;
    private final Path directory;

    SmallObjectCache(Bucket bucket, Path directory) {
        this.bucket = bucket;
        this.directory = directory;
    }

    /// The bytes of the listed object.
    byte[] read(ObjectInfo listed) throws IOException {
        Path file = file(listed);
        try {
            byte[] stored = Files.readAllBytes(file);
            if (stored.length >= CHECK_LENGTH && isIntact(stored)) {
                return java.util.Arrays.copyOfRange(stored, CHECK_LENGTH, stored.length);
            }
        } catch (NoSuchFileException e) {
            // not here yet
        }
        byte[] bytes = bucket.readAll(listed.key());
        store(file, bytes);
        return bytes;
    }

    /// Named by a hash of its version: a new version is another file.
    private Path file(ObjectInfo listed) {
        int slash = listed.key().indexOf('/');
        String folder = listed.key().substring(0, slash);
        String name = listed.key().substring(slash + 1).replace('/', '-');
        String version = listed.version() + ' ' + listed.sizeBytes();
        return directory
                .resolve(folder)
                .resolve("%s.%08x".formatted(name, crc(version.getBytes(StandardCharsets.UTF_8), 0)));
    }

    private static boolean isIntact(byte[] stored) {
        int expected = java.nio.ByteBuffer.wrap(stored).getInt();
        return expected == crc(stored, CHECK_LENGTH);
    }

    private static int crc(byte[] bytes, int from) {
        var crc = new CRC32C();
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }

    private static void store(Path file, byte[] bytes) throws IOException {
        byte[] stored = java.nio.ByteBuffer.allocate(CHECK_LENGTH + bytes.length)
                .putInt(crc(bytes, 0))
                .put(bytes)
                .array();
        Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
        Path temporary = file.resolveSibling(
                file.getFileName() + "." + Thread.currentThread().threadId() + ".tmp");
        Files.write(temporary, stored);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
