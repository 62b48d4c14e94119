package io.meridian.storegateway;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What one recursive listing tells of every block: it shows which have a meta.json and which have marks, so no
/// request per block is needed for that.
record BlockListing(Map<BlockId, Objects> blocks) {

    /// The objects in a block's folder, by their path below it.
    record Objects(BlockId id, Map<String, ObjectInfo> byPath) {
        @Nullable
        ObjectInfo find(String path) {
            return byPath.get(path);
        }

        boolean isComplete() {
            return byPath.containsKey(BlockMeta.FILE);
        }

        /// Sizes in bytes, by path.
        Map<String, Long> sizes() {
            Map<String, Long> sizes = new HashMap<>();
            byPath.forEach((path, info) -> sizes.put(path, info.sizeBytes()));
            return sizes;
        }

        /// What the block's samples are in: not meta.json, marks and what others left here.
        Map<String, ObjectInfo> data() {
            Map<String, ObjectInfo> data = new HashMap<>(byPath);
            data.keySet().removeIf(path -> !path.equals(BlockFiles.INDEX) && !path.startsWith("chunks/"));
            return data;
        }

        /// When something in the folder changed last, in milliseconds since the epoch.
        long lastModifiedMs() {
            return byPath.values().stream()
                    .mapToLong(ObjectInfo::lastModifiedMs)
                    .max()
                    .orElse(0);
        }
    }

    /// Keys of all objects of all blocks.
    Set<String> keys() {
        Set<String> keys = new HashSet<>();
        blocks.values().forEach(objects -> objects.byPath().values().forEach(info -> keys.add(info.key())));
        return keys;
    }

    static BlockListing read(Bucket bucket) throws IOException {
        Map<BlockId, Objects> blocks = new TreeMap<>();
        bucket.list("", info -> {
            int slash = info.key().indexOf('/');
            if (slash > 0 && slash + 1 < info.key().length()) {
                String folder = info.key().substring(0, slash);
                if (BlockId.isBlockId(folder)) {
                    BlockId id = BlockId.parse(folder);
                    blocks.computeIfAbsent(id, _ -> new Objects(id, new HashMap<>()))
                            .byPath()
                            .put(info.key().substring(slash + 1), info);
                }
            }
        });
        return new BlockListing(blocks);
    }
}
