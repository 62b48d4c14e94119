package io.meridian.compactor;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.ObjectInfo;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockObjects;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The blocks that compactors of ours have begun to write, kept in the bucket beside the lease. What a dead process
/// left of one of these holds nothing that its inputs do not hold, so it may go although it looks whole.
final class UnfinishedBlocks {
    static final String PREFIX = "meridian/compactor/unfinished/";
    private static final Logger log = LoggerFactory.getLogger(UnfinishedBlocks.class);

    private final Bucket bucket;

    UnfinishedBlocks(Bucket bucket) {
        this.bucket = bucket;
    }

    void begin(BlockId block) throws IOException {
        bucket.put(PREFIX + block, "{}".getBytes(StandardCharsets.UTF_8), Bucket.Precondition.NONE);
    }

    /// The block is whole, or nothing is left of it.
    void end(BlockId block) {
        try {
            bucket.delete(PREFIX + block);
        } catch (IOException e) {
            log.atInfo()
                    .addKeyValue("block", block)
                    .setCause(e)
                    .log("the note of a block under way could not be deleted; it is cleaned up later");
        }
    }

    /// All that were begun; forgets those that are whole, and those of which nothing came for long.
    ///
    /// @param found folders of the bucket
    Set<BlockId> clean(Map<BlockId, BlockObjects> found, long abandonedMs) throws IOException {
        var notes = new ArrayList<ObjectInfo>();
        bucket.list(PREFIX, notes::add);
        var begun = new HashSet<BlockId>();
        for (var note : notes) {
            String name = note.key().substring(PREFIX.length());
            if (BlockId.isBlockId(name)) {
                var block = BlockId.parse(name);
                var objects = found.get(block);
                if (objects == null ? note.lastModifiedMs() < abandonedMs : objects.isComplete()) {
                    end(block);
                } else {
                    begun.add(block);
                }
            }
        }
        return begun;
    }

    /// Whether the folder has no more than the beginning of an upload: chunks come first, what they mean after them.
    static boolean isBeginning(BlockObjects folder) {
        List<String> marks = folder.marks().stream().map(mark -> mark.file()).toList();
        return folder.objects().keySet().stream()
                .allMatch(path -> path.startsWith("chunks/") || path.isEmpty() || marks.contains(path));
    }
}
