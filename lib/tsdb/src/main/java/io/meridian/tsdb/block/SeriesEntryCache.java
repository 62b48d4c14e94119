package io.meridian.tsdb.block;

import io.meridian.tsdb.index.SeriesEntry;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Decoded entries of one block's index, in a table that all blocks of the process share, so that memory is bounded by
/// its size: an entry stays until another falls on both of its places. Thread-safe: entries are immutable, and a race
/// loses one at most.
final class SeriesEntryCache {
    private static final int PLACES = 1 << 15;
    /// Longer entries are not kept.
    private static final int CHUNKS_MAX = 48;

    private static final @Nullable Kept[] TABLE = new @Nullable Kept[PLACES];
    private static final AtomicLong BLOCKS = new AtomicLong();

    private record Kept(long block, SeriesEntry entry) {}

    private final long block;

    private SeriesEntryCache(long block) {
        this.block = block;
    }

    static SeriesEntryCache forBlock() {
        return new SeriesEntryCache(BLOCKS.incrementAndGet());
    }

    private int place(long ref) {
        long mixed = (ref + block * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        return (int) (mixed >>> 48) & PLACES - 1;
    }

    @Nullable
    SeriesEntry find(long ref) {
        int place = place(ref);
        Kept kept = TABLE[place];
        if (kept == null || kept.block != block || kept.entry.ref() != ref) {
            kept = TABLE[place ^ 1];
        }
        return kept != null && kept.block == block && kept.entry.ref() == ref ? kept.entry : null;
    }

    void put(SeriesEntry entry) {
        if (entry.chunkCount() <= CHUNKS_MAX) {
            int place = place(entry.ref());
            TABLE[TABLE[place] == null ? place : place ^ 1] = new Kept(block, entry);
        }
    }
}
