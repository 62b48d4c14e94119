package io.meridian.tsdb.block;

import io.meridian.model.LabelMatcher;
import io.meridian.tsdb.index.SeriesEntry;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What sets of matchers selected last, of all blocks of the process together: dashboards ask for the same series again
/// and again, and a block never changes. Bounded by the number of series. Thread-safe.
final class SelectionCache {
    static final int SERIES_MAX = 1 << 15;

    /// Larger selections are not kept.
    static final int SELECTION_MAX = SERIES_MAX / 2;

    /// Counts for each selection beside its series.
    private static final int SELECTION_COST = 16;

    private static final SelectionCache SHARED = new SelectionCache();

    /// @param cache of the entries of the block, by whose identity blocks are told apart
    private record Key(SeriesEntryCache cache, List<LabelMatcher> matchers) {}

    private final LinkedHashMap<Key, SeriesEntry[]> selections = new LinkedHashMap<>(16, 0.75F, true);
    private int cost;

    static SelectionCache shared() {
        return SHARED;
    }

    /// The entries, in the order of their labels, all of them with ascending chunks; or null.
    synchronized SeriesEntry @Nullable [] find(SeriesEntryCache block, List<LabelMatcher> matchers) {
        return selections.get(new Key(block, matchers));
    }

    synchronized void put(SeriesEntryCache block, List<LabelMatcher> matchers, SeriesEntry[] entries) {
        if (entries.length > SELECTION_MAX) {
            return;
        }
        cost += cost(entries) - cost(selections.put(new Key(block, matchers), entries));
        var eldest = selections.entrySet().iterator();
        while (cost > SERIES_MAX) {
            cost -= cost(eldest.next().getValue());
            eldest.remove();
        }
    }

    /// Forgets what was selected in a block that is closed.
    synchronized void forget(SeriesEntryCache block) {
        selections.entrySet().removeIf(each -> {
            boolean isGone = each.getKey().cache() == block;
            cost -= isGone ? cost(each.getValue()) : 0;
            return isGone;
        });
    }

    private static int cost(SeriesEntry @Nullable [] entries) {
        return entries == null ? 0 : SELECTION_COST + entries.length;
    }
}
