package io.meridian.storegateway;

import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.ChunkReader;
import io.meridian.tsdb.block.Tombstones;
import io.meridian.tsdb.index.BlockIndex;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.IndexHeader;
import io.meridian.tsdb.index.IndexReader;
import io.meridian.tsdb.index.ReadCost;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/// Opens blocks of a bucket: from a directory by mapping the whole index, from afar by an index-header that is kept on
/// the local disk.
final class BucketBlockOpener implements BlockOpener {
    /// Up to this size, one request for the whole index costs less than the few that its header needs.
    private static final long WHOLE_INDEX_BYTES_MAX = 1 << 20;

    private final Bucket bucket;
    private final ReadCost cost;
    private final ByteCache cache;

    BucketBlockOpener(Bucket bucket, ReadCost cost, ByteCache cache) {
        this.bucket = bucket;
        this.cost = cost;
        this.cache = cache;
    }

    @Override
    public Block open(BlockMeta meta, Map<String, Long> sizes, Path header) throws IOException {
        String indexKey = BlockFiles.key(meta.id(), BlockFiles.INDEX);
        Long indexSize = sizes.get(BlockFiles.INDEX);
        if (indexSize == null) {
            throw new CorruptDataException(indexKey, -1, "index is missing");
        }
        var chunks = new ChunkReader(bucket, BlockFiles.segments(meta, sizes), meta, cost);
        BlockIndex index =
                bucket.isLocal() ? IndexReader.open(bucket, indexKey) : remoteIndex(meta, indexKey, indexSize, header);
        return new Block(meta, index, chunks, Tombstones.NONE);
    }

    private BlockIndex remoteIndex(BlockMeta meta, String key, long size, Path header) throws IOException {
        ByteSource remote = ByteSource.of(bucket, key, size, cost);
        ByteSource cached = new CachedIndexSource(meta.id(), remote, cache);
        long seriesBytesMax = meta.thanos().indexStats().seriesBytesMax();
        try {
            return IndexHeader.open(header, cached, seriesBytesMax);
        } catch (NoSuchFileException | CorruptDataException e) {
            build(remote, header);
            return IndexHeader.open(header, cached, seriesBytesMax);
        }
    }

    private static void build(ByteSource index, Path header) throws IOException {
        if (index.size() > WHOLE_INDEX_BYTES_MAX) {
            IndexHeader.build(index, header, QueryContext.unlimited());
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment whole = index.read(0, index.size(), arena);
            IndexHeader.build(ByteSource.of(index.name(), whole), header, QueryContext.unlimited());
        }
    }
}
