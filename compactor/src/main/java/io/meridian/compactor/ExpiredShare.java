package io.meridian.compactor;

import io.meridian.compactor.merge.MergedMeta;
import io.meridian.compactor.plan.SeriesLimit;
import io.meridian.compactor.plan.SeriesRetention;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Finds blocks of which so much has outlived the retention of its series that they are worth rewriting alone: more
/// than a twentieth of their chunks, or all that a rule has in them. A look costs a read of the index, so it is
/// remembered until a rule has come on by another twentieth of the block's time. Thread-safe.
final class ExpiredShare {
    private static final int PARTS = 20;
    private static final int BATCH = 4096;

    /// How far the limits had come, by rule, when a block was last looked at.
    private final Map<BlockId, long[]> seen = new ConcurrentHashMap<>();

    void forgetOthers(Set<BlockId> present) {
        seen.keySet().retainAll(present);
    }

    /// Whether the block has to be looked at: some rule reaches into it further than at the last look, or than when the
    /// block was written.
    boolean mayBeWorth(BlockMeta meta, SeriesRetention retention) {
        long[] now = progress(meta, retention.limits());
        long[] before = seen.getOrDefault(meta.id(), progress(meta, before(meta, retention.limits())));
        long step = Math.max(1, (meta.maxTimeMs() - meta.minTimeMs()) / PARTS);
        for (int i = 0; i < now.length; i++) {
            long from = i < before.length ? before[i] : meta.minTimeMs();
            if (now[i] > from && (now[i] >= meta.maxTimeMs() || now[i] - from >= step)) {
                return true;
            }
        }
        return false;
    }

    private static List<SeriesLimit> before(BlockMeta meta, List<SeriesLimit> limits) {
        var applied = MergedMeta.applied(meta);
        return limits.stream()
                .map(limit -> new SeriesLimit(
                        limit.series(),
                        applied.stream()
                                .filter(done -> done.series().equals(limit.series()))
                                .mapToLong(SeriesLimit::keptFromMs)
                                .max()
                                .orElse(Long.MIN_VALUE)))
                .toList();
    }

    private static long[] progress(BlockMeta meta, List<SeriesLimit> limits) {
        return limits.stream()
                .mapToLong(limit -> Math.max(meta.minTimeMs(), Math.min(limit.keptFromMs(), meta.maxTimeMs())))
                .toArray();
    }

    /// Looks, and remembers it.
    ///
    /// @param mayVanish whether the block may be left with nothing
    boolean isWorth(Block block, SeriesRetention retention, boolean mayVanish) throws IOException {
        var meta = block.meta();
        long expired = 0;
        boolean wholeRule = false;
        for (int i = 0; i < retention.limits().size(); i++) {
            var limit = retention.limits().get(i);
            if (limit.keptFromMs() > meta.minTimeMs()) {
                long chunks = expiredChunks(block, retention, i);
                expired += chunks;
                wholeRule |= chunks > 0 && limit.keptFromMs() >= meta.maxTimeMs();
            }
        }
        seen.put(meta.id(), progress(meta, retention.limits()));
        long all = meta.stats().numChunks();
        return (wholeRule || expired * PARTS > all) && (mayVanish || expired < all);
    }

    private static long expiredChunks(Block block, SeriesRetention retention, int number) throws IOException {
        var context = QueryContext.unlimited();
        var limit = retention.limits().get(number);
        var postings = block.index().select(limit.series(), context);
        var refs = new long[BATCH];
        long expired = 0;
        for (int count = postings.fill(refs); count > 0; count = postings.fill(refs)) {
            for (var entry : block.index().series(refs, 0, count, TimeRange.ALL, false, context)) {
                for (int i = 0; i < entry.chunkCount() && retention.limitOf(entry.labels()) == number; i++) {
                    expired += entry.chunkMaxMs(i) < limit.keptFromMs() ? 1 : 0;
                }
            }
        }
        return expired;
    }
}
