package io.meridian.storegateway;

import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.ChunkReader;
import io.meridian.tsdb.block.MappedChunks;
import io.meridian.tsdb.block.Tombstones;
import io.meridian.tsdb.index.BlockIndex;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.IndexHeader;
import io.meridian.tsdb.index.IndexReader;
import io.meridian.tsdb.index.ReadCost;
import io.meridian.tsdb.index.SeriesEntry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Opens blocks of a bucket: from a directory by mapping the whole index, from afar by an index-header that is kept on
/// the local disk.
final class BucketBlockOpener implements BlockOpener {
    /// Up to this size, one request for the whole index costs less than the few that its header needs.
    private static final long WHOLE_INDEX_BYTES_MAX = 1 << 20;

    private final Bucket bucket;
    private final Supplier<ReadCost> cost;
    private final ByteCache cache;

    BucketBlockOpener(Bucket bucket, Supplier<ReadCost> cost, ByteCache cache) {
        this.bucket = bucket;
        this.cost = cost;
        this.cache = cache;
    }

    @Override
    public Block open(BlockMeta meta, Map<String, Long> sizes, Path header, Consumer<String> onDamage)
            throws IOException {
        String indexKey = BlockFiles.key(meta.id(), BlockFiles.INDEX);
        Long indexSize = sizes.get(BlockFiles.INDEX);
        if (indexSize == null) {
            throw new CorruptDataException(indexKey, -1, "index is missing");
        }
        verifySize(meta, indexKey, indexSize);
        var chunks = new ChunkReader(bucket, BlockFiles.segments(meta, sizes), meta, cost);
        BlockIndex index =
                bucket.isLocal() ? localIndex(meta, indexKey) : remoteIndex(meta, indexKey, indexSize, header);
        return bucket.isLocal()
                ? Block.mapped(
                        meta, index, chunks, new MappedChunks(bucket, BlockFiles.segments(meta, sizes)), onDamage)
                : new Block(meta, index, chunks, Tombstones.NONE, onDamage);
    }

    /// meta.json may tell how long the index was when it was uploaded.
    private static void verifySize(BlockMeta meta, String key, long size) {
        for (BlockMeta.FileEntry file : meta.thanos().files()) {
            if (file.path().equals(BlockFiles.INDEX) && file.sizeBytes() > 0 && file.sizeBytes() != size) {
                throw new CorruptDataException(
                        key, -1, "size is not what meta.json says: expected=" + file.sizeBytes() + ", actual=" + size);
            }
        }
    }

    private BlockIndex localIndex(BlockMeta meta, String key) throws IOException {
        BlockIndex index = IndexReader.open(bucket, key);
        try {
            verifyTimes(meta, key, index);
        } catch (IOException | RuntimeException e) {
            index.close();
            throw e;
        }
        return index;
    }

    /// The index of another block is sound in itself, but its first series has other times.
    private static void verifyTimes(BlockMeta meta, String key, BlockIndex index) throws IOException {
        var first = new long[1];
        QueryContext context = QueryContext.unlimited();
        int count = index.select(List.of(), context).fill(first);
        for (SeriesEntry entry : index.series(first, 0, count, TimeRange.ALL, false, context)) {
            boolean inside = entry.chunkCount() == 0;
            for (int i = 0; i < entry.chunkCount() && !inside; i++) {
                inside = entry.chunkMaxMs(i) >= meta.minTimeMs() && entry.chunkMinMs(i) <= meta.maxTimeMs();
            }
            if (!inside) {
                throw new UnknownTimesException(
                        key,
                        "no chunk of %s lies in the times of meta.json, %d to %d: is it the index of another block?"
                                .formatted(entry.labels(), meta.minTimeMs(), meta.maxTimeMs()));
            }
        }
    }

    private BlockIndex remoteIndex(BlockMeta meta, String key, long size, Path header) throws IOException {
        ByteSource remote = ByteSource.of(bucket, key, size, cost);
        ByteSource cached = new CachedIndexSource(meta.id(), remote, cache);
        long seriesBytesMax = meta.thanos().indexStats().seriesBytesMax();
        try {
            return IndexHeader.open(header, cached, seriesBytesMax);
        } catch (NoSuchFileException | CorruptDataException e) {
            build(meta, remote, header);
            return IndexHeader.open(header, cached, seriesBytesMax);
        }
    }

    private static void build(BlockMeta meta, ByteSource index, Path header) throws IOException {
        if (index.size() > WHOLE_INDEX_BYTES_MAX) {
            IndexHeader.build(index, header, QueryContext.unlimited());
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment whole = index.read(0, index.size(), arena);
            ByteSource read = ByteSource.of(index.name(), whole);
            IndexHeader.build(read, header, QueryContext.unlimited());
            try (BlockIndex built =
                    IndexHeader.open(header, read, meta.thanos().indexStats().seriesBytesMax())) {
                verifyTimes(meta, index.name(), built);
            } catch (CorruptDataException e) {
                // what is kept counts as verified
                Files.deleteIfExists(header);
                throw e;
            }
        }
    }
}
