package io.meridian.compactor;

import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectNotFoundException;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.ChunkReader;
import io.meridian.tsdb.block.Tombstones;
import io.meridian.tsdb.index.BlockIndex;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.IndexHeader;
import io.meridian.tsdb.index.IndexReader;
import io.meridian.tsdb.index.PostingsCheck;
import io.meridian.tsdb.index.ReadCost;
import io.meridian.tsdb.index.WindowedSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Blocks of a bucket, opened for work: index and chunks are read by ranges as they are needed. Only symbols and the
/// table of postings lie in the scratch directory, where the bucket is not a directory itself.
///
/// @param scratchBytes what lies in the scratch directory
record WorkInput(Block block, long scratchBytes) implements AutoCloseable {
    /// @param scratch   where files may be put
    /// @param readBytes how much of the index may be held
    /// @throws CorruptDataException if the block lacks a file or cannot be understood
    static WorkInput open(Bucket bucket, BlockId id, Path scratch, int readBytes) throws IOException {
        try {
            String metaKey = BlockFiles.key(id, BlockMeta.FILE);
            var meta = BlockMeta.parse(metaKey, bucket.readAll(metaKey));
            if (!meta.id().equals(id)) {
                throw new CorruptDataException(metaKey, -1, "names another block: " + meta.id());
            }
            return open(bucket, meta, BlockFiles.sizes(bucket, id), scratch, readBytes);
        } catch (ObjectNotFoundException e) {
            throw new CorruptDataException("block " + id, -1, "a file is missing: " + e.getMessage());
        }
    }

    /// Opens a block whose meta.json may not be in the bucket yet.
    ///
    /// @param sizes of its objects, by path
    static WorkInput open(Bucket bucket, BlockMeta meta, Map<String, Long> sizes, Path scratch, int readBytes)
            throws IOException {
        BlockId id = meta.id();
        var cost = bucket.isLocal() ? ReadCost.LOCAL : ReadCost.REMOTE;
        var chunks = new ChunkReader(bucket, BlockFiles.segments(meta, sizes), meta, cost);
        chunks.verifyHeaders();
        String stonesKey = BlockFiles.key(id, Tombstones.FILE);
        var tombstones = sizes.containsKey(Tombstones.FILE)
                ? Tombstones.parse(stonesKey, bucket.readAll(stonesKey))
                : Tombstones.NONE;
        String key = BlockFiles.key(id, BlockFiles.INDEX);
        var source = ByteSource.of(bucket, key, bucket.stat(key).sizeBytes(), cost);
        if (bucket.isLocal()) {
            try (var arena = Arena.ofConfined()) {
                // mapped once: an index has a list for each pair of labels, and reading one would open the file
                PostingsCheck.verify(ByteSource.of(key, source.read(0, source.size(), arena)));
            }
            return new WorkInput(new Block(meta, IndexReader.open(bucket, key), chunks, tombstones), 0);
        }
        PostingsCheck.verify(new WindowedSource(source, readBytes));
        Path folder = Files.createDirectories(scratch.resolve("inputs").resolve(id.toString()));
        Path header = folder.resolve(IndexHeader.FILE);
        BlockIndex index = index(source, meta, header, readBytes);
        return new WorkInput(new Block(meta, index, chunks, tombstones), Files.size(header));
    }

    private static BlockIndex index(ByteSource source, BlockMeta meta, Path header, int readBytes) throws IOException {
        IndexHeader.build(source, header, QueryContext.unlimited());
        return IndexHeader.open(
                header,
                new WindowedSource(source, readBytes),
                meta.thanos().indexStats().seriesBytesMax());
    }

    @Override
    public void close() {
        block.close();
    }
}
