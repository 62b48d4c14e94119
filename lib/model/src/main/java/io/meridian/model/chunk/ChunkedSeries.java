package io.meridian.model.chunk;

import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A series that can show its chunks.
public interface ChunkedSeries extends Series {
    /// Ascending by [Chunk#minMs], then [Chunk#maxMs]; they may overlap, and may differ in resolution.
    List<Chunk> chunks();

    /// Whether the chunks are raw and apart from each other, so that [#read] is all there is to know, and costs less
    /// than the chunks.
    default boolean isPlain() {
        return false;
    }

    /// From the first to the last time that the chunks of a plain series state; empty if it has none.
    default TimeRange extent() {
        List<Chunk> all = chunks();
        return all.isEmpty()
                ? new TimeRange(0, -1)
                : new TimeRange(all.getFirst().minMs(), all.getLast().maxMs());
    }

    /// Gets the raw chunks of a series one after the other.
    @FunctionalInterface
    interface Visitor {
        /// Says where the chunks that follow are read.
        default void from(@Nullable ChunkOrigin origin) {}

        /// @param bytes holds the payload during the call only
        void chunk(ChunkEncoding encoding, long minMs, long maxMs, byte[] bytes, int offset, int length);
    }

    /// Shows all chunks of a plain series without keeping any.
    ///
    /// @throws IllegalStateException if the series is not plain
    default void visit(Visitor visitor) {
        for (Chunk chunk : chunks()) {
            if (!(chunk instanceof EncodedChunk raw)) {
                throw new IllegalStateException("not a plain series: " + labels());
            }
            visitor.from(raw.origin());
            visitor.chunk(raw.encoding(), raw.minMs(), raw.maxMs(), raw.array(), raw.offset(), raw.length());
        }
    }
}
