package io.meridian.tsdb.index;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A far file that is read about front to back: a stretch is fetched at once and kept until something else is asked
/// for, so that small ranges one behind the other cost few requests.
public final class WindowedSource implements ByteSource {
    private final ByteSource source;
    private final int windowBytes;
    private byte[] window = new byte[0];
    private long windowOffset;

    /// @param windowBytes how much is fetched at once, and held
    public WindowedSource(ByteSource source, int windowBytes) {
        this.source = source;
        this.windowBytes = windowBytes;
    }

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
        // More than one at once: what is read is not so near that lengths may be guessed small.
        return new ReadCost(windowBytes, windowBytes, 2);
    }

    @Override
    public synchronized MemorySegment read(long offset, long length, Arena arena) throws IOException {
        if (length > windowBytes) {
            return source.read(offset, length, arena);
        }
        if (offset < windowOffset || offset + length > windowOffset + window.length) {
            long fetched = Math.max(length, Math.min(windowBytes, source.size() - offset));
            try (var own = Arena.ofConfined()) {
                window = source.read(offset, fetched, own).toArray(ValueLayout.JAVA_BYTE);
            }
            windowOffset = offset;
        }
        return MemorySegment.ofArray(window)
                .asSlice(offset - windowOffset, length)
                .asReadOnly();
    }
}
