package io.meridian.tsdb.block;

import io.meridian.objstore.ObjectInfo;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a listing tells of one block: its objects, so which marks it has and whether it is complete.
///
/// @param objects by their path below the block's folder
public record BlockObjects(BlockId id, Map<String, ObjectInfo> objects) {
    public BlockObjects {
        objects = Collections.unmodifiableMap(new TreeMap<>(objects));
    }

    /// Whether it has a meta.json: without, an upload is under way or was given up.
    public boolean isComplete() {
        return objects.containsKey(BlockMeta.FILE);
    }

    public @Nullable ObjectInfo meta() {
        return objects.get(BlockMeta.FILE);
    }

    /// The marks that lie beside it.
    public Set<BlockMark.Kind> marks() {
        var marks = EnumSet.noneOf(BlockMark.Kind.class);
        for (var kind : BlockMark.Kind.values()) {
            if (objects.containsKey(kind.file())) {
                marks.add(kind);
            }
        }
        return marks;
    }

    /// When the newest object was written, in milliseconds since the epoch.
    public long newestMs() {
        return objects.values().stream()
                .mapToLong(ObjectInfo::lastModifiedMs)
                .max()
                .orElse(id.timeMs());
    }

    /// Bytes of all objects together.
    public long totalBytes() {
        return objects.values().stream().mapToLong(ObjectInfo::sizeBytes).sum();
    }

    /// Size of one object in bytes; 0 if there is none.
    public long sizeBytes(String path) {
        var object = objects.get(path);
        return object == null ? 0 : object.sizeBytes();
    }

    /// Sizes by path, as [BlockFiles#segments] wants them.
    public Map<String, Long> sizes() {
        var sizes = new TreeMap<String, Long>();
        objects.forEach((path, object) -> sizes.put(path, object.sizeBytes()));
        return sizes;
    }
}
