package io.meridian.compactor;

import io.meridian.model.CorruptDataException;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.objstore.ObjectNotFoundException;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.ChunkReader;
import io.meridian.tsdb.block.Tombstones;
import io.meridian.tsdb.index.IndexReader;
import io.meridian.tsdb.index.ReadCost;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// Opens blocks of a bucket for work: the index is copied to the scratch directory and mapped there, chunks are read by
/// ranges as they are needed.
final class WorkInput {
    private static final long STEP = 16 << 20;

    private WorkInput() {}

    /// @param scratch where indexes may be put
    /// @throws CorruptDataException if the block lacks a file or cannot be understood
    static Block open(Bucket bucket, BlockId id, Path scratch) throws IOException {
        try {
            if (bucket instanceof FilesystemBucket) {
                return BlockFiles.open(bucket, id);
            }
            String metaKey = BlockFiles.key(id, BlockMeta.FILE);
            var meta = BlockMeta.parse(metaKey, bucket.readAll(metaKey));
            var sizes = BlockFiles.sizes(bucket, id);
            var chunks = new ChunkReader(bucket, BlockFiles.segments(meta, sizes), meta, ReadCost.REMOTE);
            String stonesKey = BlockFiles.key(id, Tombstones.FILE);
            var tombstones = sizes.containsKey(Tombstones.FILE)
                    ? Tombstones.parse(stonesKey, bucket.readAll(stonesKey))
                    : Tombstones.NONE;
            return new Block(meta, index(bucket, id, scratch), chunks, tombstones);
        } catch (ObjectNotFoundException e) {
            throw new CorruptDataException("block " + id, -1, "a file is missing: " + e.getMessage());
        }
    }

    private static IndexReader index(Bucket bucket, BlockId id, Path scratch) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("inputs").resolve(id.toString()));
        Path file = folder.resolve(BlockFiles.INDEX);
        String key = BlockFiles.key(id, BlockFiles.INDEX);
        long size = bucket.stat(key).sizeBytes();
        try (var out = Files.newOutputStream(file)) {
            for (long at = 0; at < size; at += STEP) {
                try (var arena = Arena.ofShared()) {
                    MemorySegment bytes = bucket.read(key, at, Math.min(STEP, size - at), arena);
                    out.write(bytes.toArray(ValueLayout.JAVA_BYTE));
                }
            }
        }
        return IndexReader.open(new FilesystemBucket(folder), BlockFiles.INDEX);
    }
}
