package io.meridian.storegateway;

import io.meridian.tsdb.block.BlockId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Ranges of index files that were read lately, up to a number of bytes; the longest unused goes first. Thread-safe.
final class ByteCache {
    private static final int ENTRY_OVERHEAD_BYTES = 120;
    private static final int ITEM_SHARE = 8;

    /// A range of a block's index.
    record Key(BlockId block, long offset, long length) {}

    private final long bytesMax;
    private final Map<Key, byte[]> entries = new LinkedHashMap<>(64, 0.75f, true);
    private final LongAdder requests = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private long bytes;

    /// @param bytesMax 0: nothing is kept
    ByteCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    byte @Nullable [] find(Key key) {
        requests.increment();
        byte[] found;
        synchronized (entries) {
            found = entries.get(key);
        }
        if (found != null) {
            hits.increment();
        }
        return found;
    }

    /// Keeps the array, which nobody may write to any more.
    void put(Key key, byte[] value) {
        long size = value.length + ENTRY_OVERHEAD_BYTES;
        if (size > bytesMax / ITEM_SHARE) {
            return;
        }
        synchronized (entries) {
            if (entries.putIfAbsent(key, value) != null) {
                return;
            }
            bytes += size;
            var eldest = entries.entrySet().iterator();
            while (bytes > bytesMax && eldest.hasNext()) {
                bytes -= eldest.next().getValue().length + ENTRY_OVERHEAD_BYTES;
                eldest.remove();
            }
        }
    }

    long bytes() {
        synchronized (entries) {
            return bytes;
        }
    }

    int size() {
        synchronized (entries) {
            return entries.size();
        }
    }

    long requests() {
        return requests.sum();
    }

    long hits() {
        return hits.sum();
    }
}
