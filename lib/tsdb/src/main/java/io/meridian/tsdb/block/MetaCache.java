package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Meta data of blocks, kept in memory by the object's version, and on disk (`<ULID>/meta.json`) by its size and time.
/// The copies on disk only save requests: a disk that takes or gives none changes nothing else.
final class MetaCache {
    private static final int REQUESTS_AT_ONCE = 32;

    private final Bucket bucket;
    private final @Nullable Path directory;
    private final Map<BlockId, Known> known = new ConcurrentHashMap<>();

    private record Known(String version, BlockMeta meta) {}

    MetaCache(Bucket bucket, @Nullable Path directory) {
        this.bucket = bucket;
        this.directory = directory;
    }

    BlockStore.Metas fetch(Collection<BlockObjects> blocks) {
        var found = new ConcurrentHashMap<BlockId, BlockMeta>();
        var failures = new ConcurrentHashMap<BlockId, Exception>();
        var permits = new Semaphore(REQUESTS_AT_ONCE);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (BlockObjects block : blocks) {
                ObjectInfo object = block.meta();
                if (object == null) {
                    continue;
                }
                Known before = known.get(block.id());
                if (before != null && before.version.equals(object.version())) {
                    found.put(block.id(), before.meta);
                    continue;
                }
                executor.execute(() -> {
                    permits.acquireUninterruptibly();
                    try {
                        var meta = read(block.id(), object);
                        known.put(block.id(), new Known(object.version(), meta));
                        found.put(block.id(), meta);
                    } catch (IOException | RuntimeException e) {
                        failures.put(block.id(), e);
                    } finally {
                        permits.release();
                    }
                });
            }
        }
        forgetOthers(blocks);
        return new BlockStore.Metas(found, failures);
    }

    private BlockMeta read(BlockId id, ObjectInfo object) throws IOException {
        byte[] kept = fromDisk(id, object);
        if (kept != null) {
            try {
                return parse(object.key(), id, kept);
            } catch (CorruptDataException e) {
                // the copy is damaged, the object may not be
            }
        }
        byte[] bytes = bucket.readAll(object.key());
        var meta = parse(object.key(), id, bytes);
        toDisk(id, object, bytes);
        return meta;
    }

    private static BlockMeta parse(String key, BlockId id, byte[] bytes) {
        var meta = BlockMeta.parse(key, bytes);
        if (!meta.id().equals(id)) {
            throw new CorruptDataException(key, -1, "names another block: " + meta.id());
        }
        return meta;
    }

    private byte @Nullable [] fromDisk(BlockId id, ObjectInfo object) {
        if (directory == null) {
            return null;
        }
        Path file = directory.resolve(id.toString()).resolve(BlockMeta.FILE);
        try {
            boolean same = Files.size(file) == object.sizeBytes()
                    && Files.getLastModifiedTime(file).toMillis() == object.lastModifiedMs();
            return same ? Files.readAllBytes(file) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private void toDisk(BlockId id, ObjectInfo object, byte[] bytes) {
        if (directory == null) {
            return;
        }
        try {
            Path folder = Files.createDirectories(directory.resolve(id.toString()));
            Path temporary = folder.resolve(BlockMeta.FILE + ".tmp");
            Files.write(temporary, bytes);
            Files.setLastModifiedTime(temporary, FileTime.fromMillis(object.lastModifiedMs()));
            Files.move(
                    temporary,
                    folder.resolve(BlockMeta.FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // the disk is full, or read-only: it is read from the bucket again
        }
    }

    private void forgetOthers(Collection<BlockObjects> blocks) {
        var ids = new HashSet<BlockId>();
        blocks.stream().filter(BlockObjects::isComplete).forEach(block -> ids.add(block.id()));
        known.keySet().retainAll(ids);
        if (directory == null || !Files.isDirectory(directory)) {
            return;
        }
        try (var folders = Files.newDirectoryStream(directory)) {
            for (Path folder : folders) {
                String name = String.valueOf(folder.getFileName());
                if (BlockId.isBlockId(name) && !ids.contains(BlockId.parse(name))) {
                    forget(folder);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // somebody else cleaned up, or nobody can
        }
    }

    private static void forget(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve(BlockMeta.FILE));
            Files.deleteIfExists(folder.resolve(BlockMeta.FILE + ".tmp"));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // what is left takes little room
        }
    }
}
