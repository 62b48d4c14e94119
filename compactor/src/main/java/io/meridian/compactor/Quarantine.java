package io.meridian.compactor;

import io.meridian.model.CorruptDataException;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Blocks that cannot be worked on, and why. Such a block is marked in the bucket, so that it is left alone until an
/// operator has repaired or deleted it and taken the mark away; everything else goes on. Thread-safe.
public final class Quarantine {
    private static final Logger log = LoggerFactory.getLogger(Quarantine.class);
    /// What a mark of a damaged block says.
    public static final String REASON = "quarantined";

    private final BlockStore store;
    private final Map<BlockId, Entry> entries = new TreeMap<>();
    /// Blocks that are marked for other reasons.
    private final Set<BlockId> otherMarks = new HashSet<>();

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

    Set<BlockId> blocks() {
        synchronized (this) {
            return Set.copyOf(entries.keySet());
        }
    }

    /// Those that are not damaged.
    List<BlockMeta> without(List<BlockMeta> metas) {
        var damaged = blocks();
        return metas.stream().filter(meta -> !damaged.contains(meta.id())).toList();
    }

    /// Takes over what the bucket says: forgets blocks that are gone or whose mark was taken away, and learns of those
    /// that were marked before this process began.
    void refresh(BucketView view) {
        synchronized (this) {
            entries.keySet().removeIf(block -> !isMarked(view, block));
            otherMarks.removeIf(block -> !isMarked(view, block));
        }
        for (var block : view.noCompact()) {
            learn(view, block, BlockMark.Kind.NO_COMPACT, "compaction");
        }
        for (var block : view.noDownsample()) {
            learn(view, block, BlockMark.Kind.NO_DOWNSAMPLE, "downsampling");
        }
    }

    private static boolean isMarked(BucketView view, BlockId block) {
        return view.noCompact().contains(block) || view.noDownsample().contains(block);
    }

    private void learn(BucketView view, BlockId block, BlockMark.Kind kind, String work) {
        synchronized (this) {
            if (entries.containsKey(block) || otherMarks.contains(block)) {
                return;
            }
        }
        @Nullable BlockMark mark = null;
        String damage = "";
        try {
            mark = store.mark(block, kind);
        } catch (CorruptDataException e) {
            damage = "its %s cannot be understood, so it is left alone: %s".formatted(kind.file(), e.getMessage());
        } catch (IOException e) {
            damage = "its %s cannot be read, so it is left alone: %s".formatted(kind.file(), e.getMessage());
        }
        String stream = view.all().stream()
                .filter(meta -> meta.id().equals(block))
                .map(meta -> meta.thanos().labels().toString())
                .findFirst()
                .orElse("");
        synchronized (this) {
            if (!damage.isEmpty()) {
                entries.put(block, new Entry(block, stream, work, damage));
            } else if (mark != null && mark.reason().equals(REASON)) {
                entries.put(block, new Entry(block, stream, work, mark.details()));
            } else {
                otherMarks.add(block);
            }
        }
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
