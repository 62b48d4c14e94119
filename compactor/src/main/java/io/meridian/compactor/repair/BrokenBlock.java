package io.meridian.compactor.repair;

import io.meridian.model.CorruptDataException;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.ChunkReader;
import io.meridian.tsdb.block.Tombstones;
import io.meridian.tsdb.index.ReadCost;
import io.meridian.tsdb.index.SalvagedIndex;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The files of a block none of which can be trusted.
final class BrokenBlock implements AutoCloseable {
    private static final String CHUNKS = "chunks/";

    private final Arena arena = Arena.ofShared();
    private final SalvagedIndex index;
    private final ChunkReader chunks;
    private final Tombstones tombstones;

    /// @param meta     as it is or was rebuilt
    /// @param findings takes up what is wrong
    /// @throws CorruptDataException if nothing can be saved, and why
    BrokenBlock(Bucket bucket, BlockMeta meta, BlockId id, Map<String, Long> sizes, List<String> findings)
            throws IOException {
        Long indexSize = sizes.get(BlockFiles.INDEX);
        String key = BlockFiles.key(id, BlockFiles.INDEX);
        if (indexSize == null) {
            arena.close();
            throw new CorruptDataException(key, -1, "the index is missing");
        }
        try {
            index = SalvagedIndex.of(key, bucket.read(key, 0, indexSize, arena));
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
        tombstones = tombstones(bucket, id, sizes, findings);
        chunks = new ChunkReader(
                bucket,
                segments(meta, id, sizes, findings),
                meta,
                bucket instanceof io.meridian.objstore.FilesystemBucket ? ReadCost.LOCAL : ReadCost.REMOTE);
    }

    SalvagedIndex index() {
        return index;
    }

    ChunkReader chunks() {
        return chunks;
    }

    Tombstones tombstones() {
        return tombstones;
    }

    private static Tombstones tombstones(Bucket bucket, BlockId id, Map<String, Long> sizes, List<String> findings)
            throws IOException {
        if (!sizes.containsKey(Tombstones.FILE)) {
            return Tombstones.NONE;
        }
        String key = BlockFiles.key(id, Tombstones.FILE);
        try {
            return Tombstones.parse(key, bucket.readAll(key));
        } catch (CorruptDataException e) {
            findings.add(
                    "what was deleted from the block is not known any more, so it is there again: " + e.getMessage());
            return Tombstones.NONE;
        }
    }

    /// Every segment at its place; a missing one is empty.
    private static List<ChunkReader.Segment> segments(
            BlockMeta meta, BlockId id, Map<String, Long> sizes, List<String> findings) {
        var present = new TreeMap<Integer, Long>();
        int count = meta.thanos().segmentFiles().size();
        for (var file : sizes.entrySet()) {
            Integer number = number(file.getKey());
            if (number != null) {
                present.put(number, file.getValue());
                count = Math.max(count, number);
            }
        }
        var segments = new ArrayList<ChunkReader.Segment>();
        for (int number = 1; number <= count; number++) {
            String path = CHUNKS + "%06d".formatted(number);
            if (!present.containsKey(number)) {
                findings.add("segment is missing: " + path);
            }
            segments.add(new ChunkReader.Segment(BlockFiles.key(id, path), present.getOrDefault(number, 0L)));
        }
        return segments;
    }

    private static @Nullable Integer number(String path) {
        String name = path.startsWith(CHUNKS) ? path.substring(CHUNKS.length()) : "";
        boolean digits = name.length() == 6 && name.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && !name.equals("000000") ? Integer.valueOf(name) : null;
    }

    @Override
    public void close() {
        arena.close();
    }
}
