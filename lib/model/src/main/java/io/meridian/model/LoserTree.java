package io.meridian.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// K-way merge of sorted cursors: the smallest key first, equal keys in the order of their cursors.
///
/// ```text
///        winner
///          │            node[1..k-1] hold the loser of the match below them,
///        node1          leaf k+i is cursor i; a step replays one path to the root:
///       ╱     ╲         log2(k) comparisons, where a heap needs twice as many.
///    node2   node3
/// ```
public final class LoserTree<K> {
    /// A sorted sequence.
    @FunctionalInterface
    public interface Cursor<K> {
        /// The next key, not below the one before it; null at the end.
        @Nullable
        K next();
    }

    private final List<? extends Cursor<K>> cursors;
    private final Comparator<? super K> order;
    private final @Nullable Object[] keys;
    /// node → id of the losing cursor; `losers[0]` is the winner of all
    private final int[] losers;

    /// Reads the first key of every cursor.
    public LoserTree(List<? extends Cursor<K>> cursors, Comparator<? super K> order) {
        this.cursors = List.copyOf(cursors);
        this.order = order;
        this.keys = new @Nullable Object[cursors.size()];
        this.losers = new int[Math.max(1, cursors.size())];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = cursors.get(i).next();
        }
        build();
    }

    private void build() {
        int count = keys.length;
        var winners = new int[2 * Math.max(1, count)];
        Arrays.setAll(winners, node -> node - count);
        for (int node = count - 1; node >= 1; node--) {
            int left = winners[2 * node];
            int right = winners[2 * node + 1];
            boolean leftWins = isBefore(left, right);
            winners[node] = leftWins ? left : right;
            losers[node] = leftWins ? right : left;
        }
        losers[0] = count == 1 ? 0 : winners[1];
    }

    /// The smallest key that was not yet passed; null at the end.
    public @Nullable K key() {
        return keys.length == 0 ? null : keyOf(losers[0]);
    }

    /// Which cursor [#key] comes from, counted from 0.
    public int cursor() {
        return losers[0];
    }

    /// Moves the cursor of [#key] on.
    public void advance() {
        int winner = losers[0];
        keys[winner] = cursors.get(winner).next();
        for (int node = (winner + keys.length) >> 1; node >= 1; node >>= 1) {
            int rival = losers[node];
            if (isBefore(rival, winner)) {
                losers[node] = winner;
                winner = rival;
            }
        }
        losers[0] = winner;
    }

    private boolean isBefore(int a, int b) {
        K left = keyOf(a);
        K right = keyOf(b);
        if (left == null || right == null) {
            return right == null && (left != null || a < b);
        }
        int compared = order.compare(left, right);
        return compared < 0 || compared == 0 && a < b;
    }

    @SuppressWarnings("unchecked")
    private @Nullable K keyOf(int id) {
        return (K) keys[id];
    }
}
