package io.meridian.tsdb.index;

import java.util.Arrays;

/// How many series have each label pair, for millions of pairs: open addressing, no objects.
final class PairTable {
    /// No pair: names and values are below 2^31.
    private static final long FREE = -1;

    private long[] keys = new long[1 << 12];
    private int[] counts = new int[1 << 12];
    private int size;

    PairTable() {
        Arrays.fill(keys, FREE);
    }

    static long key(int nameSymbol, int valueSymbol) {
        return (long) nameSymbol << 32 | valueSymbol;
    }

    int size() {
        return size;
    }

    /// With what finishing an index takes besides: sorted keys, offsets and counts.
    long retainedBytes() {
        return 12L * keys.length + 20L * size;
    }

    void increment(long key) {
        int slot = slot(key);
        if (keys[slot] == FREE) {
            if (2 * (size + 1) > keys.length) {
                grow();
                slot = slot(key);
            }
            keys[slot] = key;
            size++;
        }
        counts[slot]++;
    }

    int get(long key) {
        int slot = slot(key);
        return keys[slot] == FREE ? 0 : counts[slot];
    }

    void set(long key, int value) {
        counts[slot(key)] = value;
    }

    /// Returns the value before.
    int getAndIncrement(long key) {
        return counts[slot(key)]++;
    }

    /// All pairs, ascending by name, then value.
    long[] sortedKeys() {
        var sorted = new long[size];
        int n = 0;
        for (long key : keys) {
            if (key != FREE) {
                sorted[n++] = key;
            }
        }
        Arrays.sort(sorted);
        return sorted;
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        long hash = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (hash >>> 32) & mask;
        while (keys[slot] != key && keys[slot] != FREE) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldCounts = counts;
        keys = new long[2 * oldKeys.length];
        counts = new int[2 * oldKeys.length];
        Arrays.fill(keys, FREE);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                counts[slot] = oldCounts[i];
            }
        }
    }
}
