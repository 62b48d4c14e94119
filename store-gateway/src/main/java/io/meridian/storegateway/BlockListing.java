package io.meridian.storegateway;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.objstore.PartialListingException;
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
///
/// @param unlisted blocks that may not be looked at, in whole or in part, and why
record BlockListing(Map<BlockId, Objects> blocks, Map<BlockId, String> unlisted) {

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
        Map<BlockId, String> unlisted = new TreeMap<>();
        try {
            bucket.list("", info -> {
                BlockId id = blockOf(info.key());
                if (id != null && info.key().length() > BlockId.LENGTH + 1) {
                    blocks.computeIfAbsent(id, _ -> new Objects(id, new HashMap<>()))
                            .byPath()
                            .put(info.key().substring(BlockId.LENGTH + 1), info);
                }
            });
        } catch (PartialListingException e) {
            for (String folder : e.folders()) {
                BlockId id = blockOf(folder);
                if (id != null) {
                    blocks.remove(id);
                    unlisted.put(id, "its folder cannot be listed: " + e.getCause());
                }
            }
        }
        return new BlockListing(blocks, unlisted);
    }

    private static @Nullable BlockId blockOf(String key) {
        boolean inBlock = key.indexOf('/') == BlockId.LENGTH && BlockId.isBlockId(key.substring(0, BlockId.LENGTH));
        return inBlock ? BlockId.parse(key.substring(0, BlockId.LENGTH)) : null;
    }
}
