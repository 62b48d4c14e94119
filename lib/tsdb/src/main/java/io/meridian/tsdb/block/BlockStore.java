package io.meridian.tsdb.block;

import io.meridian.model.CorruptDataException;
import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.objstore.ObjectNotFoundException;
import io.meridian.objstore.PartialListingException;
import io.meridian.objstore.PreconditionFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The blocks of a bucket: found by one recursive listing, their meta data read once each, marked and deleted in an
/// order that never leaves a half block looking whole. Thread-safe.
public final class BlockStore {
    private final Bucket bucket;
    private final MetaCache metas;

    /// @param metaDirectory where meta data is kept between starts, or null
    public BlockStore(Bucket bucket, @Nullable Path metaDirectory) {
        this.bucket = bucket;
        this.metas = new MetaCache(bucket, metaDirectory);
    }

    public Bucket bucket() {
        return bucket;
    }

    /// What one look at a bucket found.
    ///
    /// @param blocks   all folders that are named like blocks, complete or not, by identity
    /// @param unlisted blocks that may not be looked at, in whole or in part, and why
    public record Discovery(Map<BlockId, BlockObjects> blocks, Map<BlockId, String> unlisted) {}

    /// All folders of the bucket that are named like blocks. No request per block.
    public Discovery look() throws IOException {
        var found = new TreeMap<BlockId, Map<String, ObjectInfo>>();
        var unlisted = new TreeMap<BlockId, String>();
        try {
            bucket.list("", object -> {
                BlockId id = blockOf(object.key());
                if (id != null) {
                    found.computeIfAbsent(id, _ -> new HashMap<>())
                            .put(object.key().substring(BlockId.LENGTH + 1), object);
                }
            });
        } catch (PartialListingException e) {
            for (String folder : e.folders()) {
                BlockId id = blockOf(folder);
                if (id != null) {
                    found.remove(id);
                    unlisted.put(id, "its folder cannot be listed, the block is left alone: " + e.getCause());
                }
            }
        }
        var blocks = new TreeMap<BlockId, BlockObjects>();
        found.forEach((id, objects) -> blocks.put(id, new BlockObjects(id, objects)));
        return new Discovery(blocks, unlisted);
    }

    private static @Nullable BlockId blockOf(String key) {
        boolean inBlock = key.indexOf('/') == BlockId.LENGTH && BlockId.isBlockId(key.substring(0, BlockId.LENGTH));
        return inBlock ? BlockId.parse(key.substring(0, BlockId.LENGTH)) : null;
    }

    /// All folders of the bucket that are named like blocks, complete or not, by identity.
    ///
    /// @throws IOException if one of them may not be looked at
    public Map<BlockId, BlockObjects> discover() throws IOException {
        var look = look();
        if (!look.unlisted().isEmpty()) {
            throw new IOException("blocks cannot be looked at: " + look.unlisted());
        }
        return look.blocks();
    }

    /// Meta data of blocks, and why that of others could not be read.
    ///
    /// @param failures a [CorruptDataException] where the document itself is bad, else an [IOException]
    public record Metas(Map<BlockId, BlockMeta> found, Map<BlockId, Exception> failures) {
        public Metas {
            found = new TreeMap<>(found);
            failures = new TreeMap<>(failures);
        }
    }

    /// Reads the meta data of those blocks that are complete, several at once; what did not change since is not read
    /// again. Forgets the meta data of all other blocks.
    public Metas metas(Collection<BlockObjects> blocks) throws IOException {
        return metas.fetch(blocks);
    }

    /// The mark, or null if there is none.
    ///
    /// @throws CorruptDataException if it cannot be understood
    public @Nullable BlockMark mark(BlockId id, BlockMark.Kind kind) throws IOException {
        String key = BlockFiles.key(id, kind.file());
        try {
            var mark = BlockMark.parse(kind, key, bucket.readAll(key));
            if (!mark.id().equals(id)) {
                throw new CorruptDataException(key, -1, "names another block: " + mark.id());
            }
            return mark;
        } catch (ObjectNotFoundException e) {
            return null;
        }
    }

    /// Marks a block. A mark that is there stays as it is.
    ///
    /// @return whether the mark is new
    public boolean mark(BlockMark mark) throws IOException {
        String key = BlockFiles.key(mark.id(), mark.kind().file());
        if (bucket.exists(key)) {
            return false;
        }
        try {
            bucket.put(key, mark.encode(), Bucket.Precondition.ABSENT);
            return true;
        } catch (PreconditionFailedException e) {
            return false;
        }
    }

    public void unmark(BlockId id, BlockMark.Kind kind) throws IOException {
        bucket.delete(BlockFiles.key(id, kind.file()));
    }

    /// Deletes a block: meta.json first, so that nobody takes the rest for a block; its deletion mark last, so that an
    /// interrupted deletion is taken up again.
    public void delete(BlockId id) throws IOException {
        String prefix = id + "/";
        String metaKey = prefix + BlockMeta.FILE;
        String markKey = prefix + BlockMark.Kind.DELETION.file();
        var keys = new ArrayList<String>();
        bucket.list(prefix, object -> keys.add(object.key()));
        if (keys.contains(metaKey)) {
            bucket.delete(metaKey);
        }
        var folders = new ArrayList<String>();
        for (String key : keys) {
            if (key.endsWith("/")) {
                folders.add(key);
            } else if (!key.equals(metaKey) && !key.equals(markKey)) {
                bucket.delete(key);
            }
        }
        if (keys.contains(markKey)) {
            bucket.delete(markKey);
        }
        // empty objects that some tools leave for folders, the inner ones first
        for (String folder : folders.reversed()) {
            bucket.delete(folder);
        }
    }

    /// Opens a block with its whole index at hand.
    public Block open(BlockId id) throws IOException {
        return BlockFiles.open(bucket, id);
    }

    /// Blocks that are complete.
    public static List<BlockObjects> complete(Map<BlockId, BlockObjects> blocks) {
        return blocks.values().stream().filter(BlockObjects::isComplete).toList();
    }
}
