package io.meridian.cli.tools;

import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockObjects;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// The blocks of a bucket as a tool lists them.
final class BucketBlocks {
    /// @param meta    null if the block has none that can be read
    /// @param problem why not, or `""`
    record Entry(BlockObjects objects, @Nullable BlockMeta meta, String problem) {}

    private BucketBlocks() {}

    /// @throws ParameterException if the bucket lacks one of the blocks that the flag `--id` names
    static void require(CommandSpec command, List<String> ids, Collection<BlockId> present) {
        for (String id : ids) {
            if (!BlockId.isBlockId(id) || !present.contains(BlockId.parse(id))) {
                throw new ParameterException(command.commandLine(), "--id: there is no block \"" + id + "\"");
            }
        }
    }

    /// Every folder that is named like a block, by identity.
    static List<Entry> list(Bucket bucket) throws IOException {
        var store = new BlockStore(bucket, null);
        Map<BlockId, BlockObjects> found = store.discover();
        BlockStore.Metas metas = store.metas(BlockStore.complete(found));
        var entries = new ArrayList<Entry>();
        for (BlockObjects objects : found.values()) {
            BlockMeta meta = metas.found().get(objects.id());
            Exception failure = metas.failures().get(objects.id());
            String problem =
                    meta != null ? "" : failure == null ? "no meta.json (partial upload)" : "" + failure.getMessage();
            entries.add(new Entry(objects, meta, problem));
        }
        return entries;
    }
}
