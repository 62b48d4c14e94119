package io.meridian.compactor;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Blocks that cannot be worked on, and why. Such a block is marked in the bucket, so that it is left alone until an
/// operator has repaired or deleted it and taken the mark away; everything else goes on. Thread-safe.
public final class Quarantine {
    private static final Logger log = LoggerFactory.getLogger(Quarantine.class);
    private static final String REASON = "quarantined";

    private final BlockStore store;
    private final Map<BlockId, Entry> entries = new TreeMap<>();

    /// @param stream external labels of the block's group, `""` where they are not known
    /// @param work   what could not be done
    public record Entry(BlockId block, String stream, String work, String reason) {}

    Quarantine(BlockStore store) {
        this.store = store;
    }

    /// Blocks that are damaged, by identity.
    public synchronized List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /// Forgets those that are not in the bucket any more, or not marked any more.
    synchronized void retain(BucketView view) {
        entries.keySet().removeIf(block -> {
            var objects = view.objects().get(block);
            return objects == null
                    || (objects.marks().isEmpty() && !view.unreadable().containsKey(block));
        });
    }

    void addForCompaction(BlockId block, String stream, String reason) throws IOException {
        add(block, stream, "compaction", reason, BlockMark.Kind.NO_COMPACT);
    }

    void addForDownsampling(BlockId block, String stream, String reason) throws IOException {
        add(block, stream, "downsampling", reason, BlockMark.Kind.NO_DOWNSAMPLE);
    }

    private void add(BlockId block, String stream, String work, String reason, BlockMark.Kind kind) throws IOException {
        synchronized (this) {
            if (entries.put(block, new Entry(block, stream, work, reason)) == null) {
                log.atError()
                        .addKeyValue("block", block)
                        .addKeyValue("group", stream)
                        .addKeyValue("reason", reason)
                        .log("block is quarantined: repair or delete it, then remove its {}", kind.file());
            }
        }
        store.mark(new BlockMark(kind, block, reason, System.currentTimeMillis() / 1000, REASON));
    }
}
