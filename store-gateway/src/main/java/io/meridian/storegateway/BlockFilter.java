package io.meridian.storegateway;

import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockMeta;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Decides from what is known of all blocks which ones are served, as Thanos' store does and in its order.
final class BlockFilter {
    /// What became of a block; the names are those of Thanos' metric `blocks_meta_synced`.
    enum State {
        LOADED("loaded"),
        TIME_EXCLUDED("time-excluded"),
        LABEL_EXCLUDED("label-excluded"),
        TOO_FRESH("too-fresh"),
        MARKED_FOR_DELETION("marked-for-deletion"),
        DUPLICATE("duplicate"),
        NO_META("no-meta-json"),
        CORRUPT_META("corrupted-meta-json"),
        FAILED("failed");

        private final String label;

        State(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /// Blocks that were made from blocks long in the bucket need no delay.
    private static final Set<String> SETTLED_SOURCES = Set.of("compactor", "compactor.repair", "bucket.repair");

    private final CatalogSettings settings;

    BlockFilter(CatalogSettings settings) {
        this.settings = settings;
    }

    /// @param deletions marks by block
    /// @param counts    gets the number of blocks in each state
    /// @return the blocks to serve
    List<BlockMeta> apply(
            Collection<BlockMeta> metas, Map<BlockId, BlockMark> deletions, EnumMap<State, Integer> counts) {
        TimeRange partition = settings.partition().get();
        Instant now = settings.clock().instant();
        List<BlockMeta> kept = new ArrayList<>();
        for (BlockMeta meta : metas) {
            State state = state(meta, partition, now, deletions);
            if (state == State.LOADED) {
                kept.add(meta);
            } else {
                counts.merge(state, 1, Integer::sum);
            }
        }
        List<BlockMeta> distinct = withoutDuplicates(kept);
        counts.merge(State.DUPLICATE, kept.size() - distinct.size(), Integer::sum);
        counts.merge(State.LOADED, distinct.size(), Integer::sum);
        return distinct;
    }

    private State state(BlockMeta meta, TimeRange partition, Instant now, Map<BlockId, BlockMark> deletions) {
        if (meta.maxTimeMs() < partition.minMs() || meta.minTimeMs() > partition.maxMs()) {
            return State.TIME_EXCLUDED;
        }
        if (!settings.selector().keeps(meta.id().toString(), meta.thanos().labels())) {
            return State.LABEL_EXCLUDED;
        }
        if (isTooFresh(meta, now)) {
            return State.TOO_FRESH;
        }
        BlockMark mark = deletions.get(meta.id());
        if (mark != null
                && now.getEpochSecond() - settings.ignoreDeletionMarksDelay().toSeconds() > mark.timeSeconds()) {
            return State.MARKED_FOR_DELETION;
        }
        return State.LOADED;
    }

    private boolean isTooFresh(BlockMeta meta, Instant now) {
        if (SETTLED_SOURCES.contains(meta.thanos().source())) {
            return false;
        }
        Instant uploaded = meta.thanos().uploadInstant();
        Instant since = uploaded == null ? Instant.ofEpochMilli(meta.id().timeMs()) : uploaded;
        // An uploader whose clock is ahead does not hide its blocks.
        return !since.isAfter(now) && since.plus(settings.consistencyDelay()).isAfter(now);
    }

    private record Group(Labels labels, long resolutionMs) {}

    /// Of blocks of one group, those whose sources another one has all are left out; of equal ones the older id stays.
    /// A block that claims sources of times that it does not span stands for none of them, and one that names no
    /// source is nobody's duplicate.
    private static List<BlockMeta> withoutDuplicates(List<BlockMeta> metas) {
        Map<Group, List<BlockMeta>> groups = new HashMap<>();
        for (BlockMeta meta : metas) {
            var group = new Group(meta.thanos().labels(), meta.thanos().resolutionMs());
            groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(meta);
        }
        List<BlockMeta> distinct = new ArrayList<>();
        groups.values().forEach(group -> distinct.addAll(distinctOf(group)));
        distinct.sort(Comparator.comparing(BlockMeta::id));
        return distinct;
    }

    private static List<BlockMeta> distinctOf(List<BlockMeta> group) {
        group.sort(Comparator.comparingInt(
                        (BlockMeta meta) -> -meta.compaction().sources().size())
                .thenComparingLong(meta -> meta.minTimeMs() - meta.maxTimeMs())
                .thenComparing(BlockMeta::id));
        List<BlockMeta> accepted = new ArrayList<>();
        // a block that has all sources of another has its first one
        Map<BlockId, List<Accepted>> bySource = new HashMap<>();
        for (BlockMeta meta : group) {
            List<BlockId> sources = meta.compaction().sources();
            boolean duplicate = !sources.isEmpty()
                    && bySource.getOrDefault(sources.getFirst(), List.of()).stream()
                            .anyMatch(other -> other.holds(meta));
            if (!duplicate) {
                accepted.add(meta);
                var own = new Accepted(meta, new HashSet<>(sources));
                own.sources.forEach(source ->
                        bySource.computeIfAbsent(source, _ -> new ArrayList<>()).add(own));
            }
        }
        return accepted;
    }

    private record Accepted(BlockMeta meta, Set<BlockId> sources) {
        boolean holds(BlockMeta other) {
            return sources.containsAll(other.compaction().sources())
                    && meta.minTimeMs() <= other.minTimeMs()
                    && other.maxTimeMs() <= meta.maxTimeMs();
        }
    }
}
