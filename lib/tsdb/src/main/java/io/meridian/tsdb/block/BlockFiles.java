package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.tsdb.index.IndexReader;
import io.meridian.tsdb.index.ReadCost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Names of the objects that a block consists of, and how to open one from a bucket.
public final class BlockFiles {
    public static final String INDEX = "index";

    private BlockFiles() {}

    /// Key of one of the block's objects.
    public static String key(BlockId id, String file) {
        return id + "/" + file;
    }

    /// The segments in the order that chunk references count them: as meta.json names them, else by name.
    ///
    /// @param sizes sizes in bytes of the block's objects, by their path below its folder
    public static List<ChunkReader.Segment> segments(BlockMeta meta, Map<String, Long> sizes) {
        var names = new ArrayList<String>();
        if (meta.thanos().segmentFiles().isEmpty()) {
            new TreeMap<>(sizes)
                    .keySet().stream()
                            .filter(path -> path.startsWith(ChunkFormat.FOLDER))
                            .map(path -> path.substring(ChunkFormat.FOLDER.length()))
                            .filter(name -> !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9'))
                            .forEach(names::add);
        } else {
            names.addAll(meta.thanos().segmentFiles());
        }
        var segments = new ArrayList<ChunkReader.Segment>();
        for (String name : names) {
            String path = ChunkFormat.FOLDER + name;
            Long size = sizes.get(path);
            if (size == null) {
                throw new CorruptDataException(key(meta.id(), path), -1, "segment is missing");
            }
            segments.add(new ChunkReader.Segment(key(meta.id(), path), size));
        }
        return segments;
    }

    /// Sizes of the block's objects by their path below its folder, by one listing.
    public static Map<String, Long> sizes(Bucket bucket, BlockId id) throws IOException {
        String prefix = id + "/";
        var sizes = new HashMap<String, Long>();
        bucket.list(
                prefix, (ObjectInfo object) -> sizes.put(object.key().substring(prefix.length()), object.sizeBytes()));
        return sizes;
    }

    /// Opens a block whose whole index is mapped: a directory of blocks, or for tools.
    ///
    /// @throws io.meridian.objstore.ObjectNotFoundException if it has no meta.json or no index
    public static Block open(Bucket bucket, BlockId id) throws IOException {
        String metaKey = key(id, BlockMeta.FILE);
        var meta = BlockMeta.parse(metaKey, bucket.readAll(metaKey));
        if (!meta.id().equals(id)) {
            throw new CorruptDataException(metaKey, -1, "names another block: " + meta.id());
        }
        var sizes = sizes(bucket, id);
        var chunks = new ChunkReader(bucket, segments(meta, sizes), meta, ReadCost.LOCAL);
        String stonesKey = key(id, Tombstones.FILE);
        var tombstones = sizes.containsKey(Tombstones.FILE)
                ? Tombstones.parse(stonesKey, bucket.readAll(stonesKey))
                : Tombstones.NONE;
        return new Block(meta, IndexReader.open(bucket, key(id, INDEX)), chunks, tombstones);
    }
}
