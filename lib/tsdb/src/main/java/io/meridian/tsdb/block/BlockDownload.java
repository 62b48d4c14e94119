package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.objstore.Bucket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Brings a block of a bucket into a local directory, meta.json last.
public final class BlockDownload {
    private static final long STEP = 16 << 20;

    private BlockDownload() {}

    /// Copies index and segments; what lies there with the right size already is kept, since blocks do not change.
    ///
    /// @return the block's meta data
    public static BlockMeta download(Bucket bucket, BlockId id, Path directory) throws IOException {
        String metaKey = BlockFiles.key(id, BlockMeta.FILE);
        var meta = BlockMeta.parse(metaKey, bucket.readAll(metaKey));
        Map<String, Long> sizes = BlockFiles.sizes(bucket, id);
        var wanted = new TreeMap<String, Long>();
        for (var segment : BlockFiles.segments(meta, sizes)) {
            wanted.put(segment.key().substring(BlockId.LENGTH + 1), segment.sizeBytes());
        }
        Long indexSize = sizes.get(BlockFiles.INDEX);
        if (indexSize == null) {
            throw new CorruptDataException(BlockFiles.key(id, BlockFiles.INDEX), -1, "index is missing");
        }
        wanted.put(BlockFiles.INDEX, indexSize);
        Files.createDirectories(directory.resolve("chunks"));
        for (var entry : wanted.entrySet()) {
            Path target = directory.resolve(entry.getKey());
            if (!Files.exists(target) || Files.size(target) != entry.getValue()) {
                copy(bucket, BlockFiles.key(id, entry.getKey()), entry.getValue(), target);
            }
        }
        BlockWriter.writeMeta(directory, meta);
        return meta;
    }

    private static void copy(Bucket bucket, String key, long size, Path target) throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        try (var out = Files.newOutputStream(temporary)) {
            for (long at = 0; at < size; at += STEP) {
                try (var arena = Arena.ofConfined()) {
                    MemorySegment bytes = bucket.read(key, at, Math.min(STEP, size - at), arena);
                    out.write(bytes.toArray(ValueLayout.JAVA_BYTE));
                }
            }
        }
        Files.move(
                temporary,
                target,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
