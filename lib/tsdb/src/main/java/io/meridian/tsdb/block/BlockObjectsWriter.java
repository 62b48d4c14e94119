package io.meridian.tsdb.block;

import io.meridian.objstore.Bucket;
import io.meridian.tsdb.index.ByteSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The objects of a block that is being written into a bucket.
final class BlockObjectsWriter {
    private final Bucket bucket;
    private final BlockId id;
    private final boolean withHashes;
    private final Map<String, ObjectSink> sinks = new LinkedHashMap<>();

    BlockObjectsWriter(Bucket bucket, BlockId id, boolean withHashes) {
        this.bucket = bucket;
        this.id = id;
        this.withHashes = withHashes;
    }

    /// @param path below the block's folder
    ByteSink open(String path) throws IOException {
        var sink = new ObjectSink(bucket, BlockFiles.key(id, path), withHashes);
        sinks.put(path, sink);
        return sink;
    }

    /// As meta.json lists them, without itself.
    List<BlockMeta.FileEntry> files() {
        var files = new ArrayList<BlockMeta.FileEntry>();
        sinks.forEach((path, sink) -> {
            String hash = sink.hash();
            files.add(new BlockMeta.FileEntry(
                    path, sink.position(), hash == null ? null : new BlockMeta.Hash("SHA256", hash)));
        });
        return files;
    }
}
