package io.meridian.compactor.repair;

import io.meridian.compactor.Quarantine;
import io.meridian.model.CorruptDataException;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import io.meridian.tsdb.block.BlockObjects;
import io.meridian.tsdb.block.BlockStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A block that is to be repaired, and what else the bucket has of the same data.
final class RepairSurroundings {
    private final BlockObjects objects;
    private final @Nullable BlockMeta meta;
    private final String metaProblem;
    private final List<BlockMeta> live = new ArrayList<>();
    private final List<BlockMeta> retired = new ArrayList<>();
    private final Map<BlockMark.Kind, String> quarantine = new TreeMap<>();

    private RepairSurroundings(BlockObjects objects, @Nullable BlockMeta meta, String metaProblem) {
        this.objects = objects;
        this.meta = meta;
        this.metaProblem = metaProblem;
    }

    /// @throws IllegalArgumentException if there is no such block
    static RepairSurroundings of(BlockStore store, BlockId id) throws IOException {
        var all = store.discover();
        var objects = all.get(id);
        if (objects == null) {
            throw new IllegalArgumentException(
                    "there is no block " + id + " in bucket " + store.bucket().name());
        }
        var metas = store.metas(BlockStore.complete(all));
        var failure = metas.failures().get(id);
        if (failure instanceof IOException e) {
            throw e;
        }
        String problem = failure == null ? "meta.json is missing" : String.valueOf(failure.getMessage());
        var found = new RepairSurroundings(objects, metas.found().get(id), problem);
        for (var other : metas.found().values()) {
            var beside = all.get(other.id());
            if (!other.id().equals(id) && beside != null) {
                boolean gone = beside.marks().contains(BlockMark.Kind.DELETION);
                (gone ? found.retired : found.live).add(other);
            }
        }
        for (var kind : List.of(BlockMark.Kind.NO_COMPACT, BlockMark.Kind.NO_DOWNSAMPLE)) {
            if (objects.marks().contains(kind)) {
                found.readMark(store, id, kind);
            }
        }
        return found;
    }

    private void readMark(BlockStore store, BlockId id, BlockMark.Kind kind) throws IOException {
        try {
            var mark = store.mark(id, kind);
            if (mark != null && mark.reason().equals(Quarantine.REASON)) {
                quarantine.put(kind, mark.details());
            }
        } catch (CorruptDataException e) {
            quarantine.put(kind, "the mark cannot be read");
        }
    }

    @Nullable
    BlockMeta meta() {
        return meta;
    }

    String metaProblem() {
        return metaProblem;
    }

    Map<String, Long> sizes() {
        return objects.sizes();
    }

    boolean isMarkedForDeletion() {
        return objects.marks().contains(BlockMark.Kind.DELETION);
    }

    /// Marks that keep the block away from the compactor because it is damaged.
    Set<BlockMark.Kind> quarantineMarks() {
        return quarantine.keySet();
    }

    String quarantineReason() {
        return String.join("; ", quarantine.values());
    }

    /// The block that an earlier repair, which was interrupted, has written; or null.
    @Nullable
    BlockId repairedBy(String source) {
        return live.stream()
                .filter(other -> other.thanos().source().equals(source)
                        && other.compaction().parents().stream()
                                .anyMatch(parent -> parent.id().equals(objects.id())))
                .map(BlockMeta::id)
                .findFirst()
                .orElse(null);
    }

    /// Finer blocks of the same stream that together have everything that the block was made from.
    List<BlockId> finerBlocks(BlockMeta broken) {
        var finer = live.stream()
                .filter(other -> other.thanos().labels().equals(broken.thanos().labels())
                        && other.thanos().resolutionMs() < broken.thanos().resolutionMs())
                .toList();
        return covering(broken, finer);
    }

    /// What an operator should know before data is given up.
    List<String> advice(BlockMeta broken) {
        var inputs = retired.stream()
                .filter(other -> other.thanos().labels().equals(broken.thanos().labels())
                        && other.thanos().resolutionMs() == broken.thanos().resolutionMs()
                        && broken.compaction()
                                .sources()
                                .containsAll(other.compaction().sources()))
                .toList();
        var whole = covering(broken, inputs);
        return whole.isEmpty()
                ? List.of()
                : List.of(
                        "the blocks that it was merged from are still in the bucket, marked for deletion: %s. To lose nothing, remove their deletion-mark.json and mark this block instead (meridian tools bucket mark)"
                                .formatted(whole));
    }

    private static List<BlockId> covering(BlockMeta broken, List<BlockMeta> candidates) {
        var sources = new HashSet<BlockId>();
        var ids = new ArrayList<BlockId>();
        for (var candidate : candidates) {
            if (candidate.compaction().sources().stream()
                    .anyMatch(broken.compaction().sources()::contains)) {
                sources.addAll(candidate.compaction().sources());
                ids.add(candidate.id());
            }
        }
        boolean whole =
                !sources.isEmpty() && sources.containsAll(broken.compaction().sources());
        return whole ? ids : List.of();
    }
}
