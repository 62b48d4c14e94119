package io.meridian.storegateway;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.index.ByteSource;
import io.meridian.tsdb.index.ReadCost;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// An index file of which ranges read before are at hand: the same question makes the same ranges.
record CachedIndexSource(BlockId block, ByteSource source, ByteCache cache) implements ByteSource {
    @Override
    public String name() {
        return source.name();
    }

    @Override
    public long size() {
        return source.size();
    }

    @Override
    public ReadCost cost() {
        return source.cost();
    }

    @Override
    public MemorySegment read(long offset, long length, Arena arena) throws IOException {
        var key = new ByteCache.Key(block, offset, length);
        byte[] found = cache.find(key);
        if (found == null) {
            found = source.read(offset, length, arena).toArray(ValueLayout.JAVA_BYTE);
            cache.put(key, found);
        }
        return MemorySegment.ofArray(found).asReadOnly();
    }
}
